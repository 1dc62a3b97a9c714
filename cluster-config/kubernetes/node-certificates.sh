#!/usr/bin/env bash
# Makes certificates for TLS between nodes, with an authority that is for nodes alone:
#
#   RETRIEVER_TLS_PASSWORD=… ./node-certificates.sh DIRECTORY
#
# DIRECTORY gets keystore.p12 and truststore.p12, which every node is given, and authority.p12, which none is:
# keep it elsewhere, for the next certificates. Run again with the same directory, it renews keystore.p12. The
# password opens all three. Takes the keytool of a Java 17 or later.
set -euo pipefail

directory=${1:?usage: RETRIEVER_TLS_PASSWORD=... node-certificates.sh DIRECTORY}
: "${RETRIEVER_TLS_PASSWORD:?set it to the password of the stores, of 6 characters or more}"
export RETRIEVER_TLS_PASSWORD
umask 077
mkdir -p -- "$directory"
cd -- "$directory"

keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
store() {
  local file=$1
  shift
  "$keytool" "$@" -keystore "$file" -storetype PKCS12 -storepass:env RETRIEVER_TLS_PASSWORD
}

if [[ ! -f authority.p12 ]]; then
  store authority.p12 -genkeypair -alias authority -keyalg EC -groupname secp384r1 -validity 3650 \
    -dname "CN=Retriever nodes" -ext bc:c=ca:true,pathlen:0 -ext ku:c=keyCertSign,cRLSign
fi
store authority.p12 -exportcert -rfc -alias authority >authority.crt

rm -f keystore.p12.new truststore.p12.new
store truststore.p12.new -importcert -noprompt -alias authority -file authority.crt
store keystore.p12.new -genkeypair -alias node -keyalg EC -groupname secp256r1 -validity 365 \
  -dname "CN=retriever-node"
store keystore.p12.new -certreq -alias node |
  store authority.p12 -gencert -rfc -alias authority -validity 365 \
    -ext ku:c=digitalSignature -ext eku=serverAuth,clientAuth -ext san=dns:retriever-node >node.crt
cat node.crt authority.crt | store keystore.p12.new -importcert -noprompt -alias node
mv keystore.p12.new keystore.p12
mv truststore.p12.new truststore.p12
rm -f node.crt authority.crt
