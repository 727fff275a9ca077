create schema shop;
set search_path = shop;
create table customers(
    id serial primary key, name varchar(40) not null, email text unique, born date,
    balance numeric(12,2) default 0 not null, active boolean default true, created timestamptz(3) default now(),
    code char(3), ratio float4, exact float8, small int2, big int8, raw bytea, at time, atz timetz, ts timestamp(0),
    span interval, doc json, docb jsonb, key uuid, tags text[], grid numeric(5,1)[]);
create table orders(
    id bigint generated always as identity, customer_id int not null references customers(id) on delete cascade,
    other_email text references customers(email) on update set null deferrable initially deferred,
    qty int check (qty > 0), note varchar(10) collate "C", primary key (id, customer_id), constraint once unique (customer_id, qty));
create index orders_note on orders(note desc, qty);
create view totals as select c.name, sum(o.qty) as total from customers c join orders o on o.customer_id = c.id group by c.name;
create sequence numbers increment by 5 start 10;
comment on table customers is 'people who buy';
comment on column customers.name is 'as they sign';
create role shopper;
grant select, insert on customers to shopper;
grant update (note) on orders to shopper;
reset search_path;
