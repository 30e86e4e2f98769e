#!/usr/bin/env bash
# Builds a binary without any shared library, which runs on an old system, and a Debian package of it, into target/package.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
target=$(rustc -vV | sed -n 's/^host: //p')
out=target/package

# Building for a named target keeps build scripts and macros out of +crt-static.
RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --locked --target "$target"
binary=target/$target/release/samestory
if ldd "$binary" 2>/dev/null | grep -q '=>'; then
    echo "$binary needs shared libraries" >&2
    exit 1
fi

root=$out/deb
rm -rf "$root"
install -D "$binary" "$root/usr/bin/samestory"
strip "$root/usr/bin/samestory"
install -D -m 644 -t "$root/lib/systemd/system" packaging/*.service packaging/*.timer
install -D -m 644 packaging/samestory.toml "$root/etc/samestory/samestory.toml"
install -D -m 644 -t "$root/usr/share/doc/samestory" README.md CHANGELOG.md LICENSE-* docs/*.md
man=$root/usr/share/man/man1
mkdir -p "$man"
commands() { "$binary" help "$@" | sed -n '/^Commands:/,/^$/ { /^  help/d; s/^  \([a-z]\+\).*/\1/p }'; }
page() { "$binary" man "$@" | gzip -9n > "$man/$(IFS=- && echo "samestory${*:+-$*}").1.gz"; }
page
for command in $(commands); do
    page "$command"
    for own in $(commands "$command"); do page "$command" "$own"; done
done
completion() { install -D -m 644 <("$binary" completions "$1") "$root/usr/share/$2"; }
completion bash bash-completion/completions/samestory
completion zsh zsh/vendor-completions/_samestory
completion fish fish/vendor_completions.d/samestory.fish

mkdir -p "$root/DEBIAN"
echo /etc/samestory/samestory.toml > "$root/DEBIAN/conffiles"
cat > "$root/DEBIAN/control" <<CONTROL
Package: samestory
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The samestory authors <samestory@localhost>
Installed-Size: $(du -sk "$root" | cut -f1)
Section: text
Priority: optional
Description: which news articles tell the same story
 Groups news articles into near-duplicates and into stories: once, every night
 into an index, or as a service with a page for editors.
CONTROL
dpkg-deb --root-owner-group --build "$root" "$out/samestory_${version}.deb"
cp "$root/usr/bin/samestory" "$out/samestory"
ls -l "$out"
