#!/bin/sh
# Puts into /collected what a Node process needs of a system: itself, its libraries, names, time zones' absence (UTC),
# and the authorities that it trusts.
set -eu

to=/collected
node=/usr/local/bin/node
mkdir -p "$to/etc/ssl/certs" "$to/var/lib/dpkg/status.d"
mkdir -m 1777 "$to/tmp"

copy() {
  mkdir -p "$to$(dirname "$1")"
  cp -L "$1" "$to$1"
}

copy "$node"
for library in $(ldd "$node" | grep -o '/[^ ]*'); do
  copy "$library"
  # Scanners of images read from here which packages are inside. dpkg knows a file by its path of before /lib was a link.
  package=$({ dpkg-query -S "$library" || dpkg-query -S "/usr$library"; } 2>/dev/null | head -n 1 | cut -d: -f1)
  dpkg-query -s "$package" > "$to/var/lib/dpkg/status.d/$package"
done

echo 'root:x:0:0:root:/:/sbin/nologin' > "$to/etc/passwd"
echo 'longwire:x:10001:10001:longwire:/:/sbin/nologin' >> "$to/etc/passwd"
echo 'root:x:0:' > "$to/etc/group"
echo 'longwire:x:10001:' >> "$to/etc/group"
echo 'hosts: files dns' > "$to/etc/nsswitch.conf"
cp /etc/os-release "$to/etc/os-release"

bundle="$to/etc/ssl/certs/ca-certificates.crt"
: > "$bundle"
for file in /ca/*.crt; do
  [ -e "$file" ] || { echo 'ca/ has no *.crt: this image trusts nobody' >&2; break; }
  grep -q -- '-----BEGIN CERTIFICATE-----' "$file" || { echo "$file is no certificate in PEM" >&2; exit 1; }
  cat "$file" >> "$bundle"
  echo >> "$bundle"
done
