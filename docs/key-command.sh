#!/bin/sh
# A key command for cryptographic providers of type "command" (docs/tde.md): RSA keys in files, used by openssl.
# An example of the protocol, and good for tests; files are no safer than a certificate in the server.
directory=${STRONGROOM_COMMAND_KEYS:-/etc/strongroom-keys}
secret=${STRONGROOM_COMMAND_SECRET:-open sesame}

IFS= read -r request
text() { printf '%s' "$request" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
number() { printf '%s' "$request" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
data() { text data | base64 -d; }
answer() { printf '{"data":"%s"}\n' "$(base64 -w 0)"; }
refuse() { printf '{"error":"%s"}\n' "$1"; exit 0; }
public() { printf '{"public_key":"%s"}\n' "$(openssl pkey -in "$key" -pubout | awk '{printf "%s\\n", $0}')"; }

[ "$(text secret)" = "$secret" ] || refuse denied
case "$(text key)" in *[!A-Za-z0-9_-]* | '') refuse missing ;; esac
key=$directory/$(text key).pem
operation=$(text operation)
case "$operation" in
    create)
        [ -e "$key" ] && refuse exists
        (umask 077 && openssl genrsa -out "$key" "$(number bits)" 2>/dev/null)
        public
        exit 0
        ;;
    remove)
        rm -f "$key"
        echo '{}'
        exit 0
        ;;
esac
[ -e "$key" ] || refuse missing
case "$operation" in
    find) public ;;
    decrypt)
        data | openssl pkeyutl -decrypt -inkey "$key" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
            -pkeyopt rsa_mgf1_md:sha256 | answer
        ;;
    sign)
        data | openssl dgst -sha256 -sign "$key" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 | answer
        ;;
    *) refuse unsupported ;;
esac
