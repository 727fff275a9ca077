create role alice login;
create role grp;
grant grp to alice;
create schema app;
create table customers(id serial primary key, name varchar(40) not null, email text unique, born date, balance numeric(12,2) default 0 not null, active boolean default true, created timestamptz default now());
create table orders(id bigint generated always as identity primary key, customer_id int not null references customers(id) on delete cascade, qty int check (qty > 0), note char(10), tags text[], constraint u unique (customer_id, qty));
create index orders_note on orders(note desc, qty);
create view v as select c.name, o.qty from customers c join orders o on o.customer_id = c.id;
create sequence app.s increment by 5 start 10;
create table app.t(a int, b int default 5, primary key (a, b));
comment on table customers is 'people';
comment on column customers.name is 'who';
grant select, insert on customers to alice;
grant update (name) on customers to grp;
grant select on v to public;
grant usage on schema app to grp;
insert into customers(name,email) values ('a','b');
alter table orders add column extra int default 7;
alter table orders drop column note;
alter table customers rename column born to birthday;
\d
\dt
\di
\ds
\dv
\du
\d customers
\d orders
\d v
\d app.s
\d app.t
\d customers_pkey
\d+ customers
\d+ app.t
\dp
\df
\dT
\dt app.*
\ddp
\drds
\db
\dew
\dRp
\dX
\dy
