#!/usr/bin/env bash
# Tests the Debian package: test.sh PACKAGE [--install]. With --install, it installs the package on this machine, which needs
# root, uses the program as a user does, and removes the package. `cargo xtask deb` calls it.
set -euo pipefail
package=$1

fail() { echo "$package: $*" >&2; exit 1; }
skip() { echo "SKIPPED: $*" >&2; }

[ "$(dpkg-deb --field "$package" Package)" = jobinsight ] || fail "another name"
# Files belong to root, whose name an archive need not have.
content=$(dpkg-deb --contents "$package" | awk '{ sub("root/root", "0/0", $2); print $1, $2, $6 }')
for entry in \
    '-rwxr-xr-x 0/0 ./usr/bin/jobinsight' \
    '-rw-r--r-- 0/0 ./etc/jobinsight/jobinsight.toml' \
    '-rw-r--r-- 0/0 ./usr/lib/systemd/system/jobinsight.service' \
    '-rw-r--r-- 0/0 ./usr/lib/systemd/system/jobinsight.timer' \
    '-rw-r--r-- 0/0 ./usr/share/man/man1/jobinsight.1.gz' \
    '-rw-r--r-- 0/0 ./usr/share/man/man1/jobinsight-runs-show.1.gz' \
    '-rw-r--r-- 0/0 ./usr/share/bash-completion/completions/jobinsight' \
    '-rw-r--r-- 0/0 ./usr/share/zsh/vendor-completions/_jobinsight' \
    '-rw-r--r-- 0/0 ./usr/share/fish/vendor_completions.d/jobinsight.fish' \
    '-rw-r--r-- 0/0 ./usr/share/doc/jobinsight/copyright'; do
    grep -qxF -- "$entry" <<<"$content" || fail "no entry $entry in
$content"
done
dpkg-deb --info "$package" conffiles | grep -qx /etc/jobinsight/jobinsight.toml || fail "the settings are not a conffile"

if [ "${2-}" != --install ]; then
    skip "the package was not installed: cargo xtask deb --install does that, as root"
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    skip "the package was not installed, because that needs root"
    exit 0
fi
# The test removes what it installs, so it must not find a package that somebody uses.
! dpkg -s jobinsight >/dev/null 2>&1 || fail "the package is installed already"
[ ! -e /etc/jobinsight ] || fail "/etc/jobinsight exists already"

state=$(mktemp -d)
remove() {
    dpkg --purge jobinsight >/dev/null 2>&1 || true
    rm -rf "$state"
}
trap remove EXIT
# PostgreSQL runs as another user.
chmod 755 "$state"
dpkg --install "$package" >/dev/null
export JOBINSIGHT_CONFIG=/etc/jobinsight/jobinsight.toml

[ "$(type -P jobinsight)" = /usr/bin/jobinsight ] || fail "another jobinsight comes first in PATH"
[ "$(jobinsight --version)" = "jobinsight $(dpkg-deb --field "$package" Version | cut -d- -f1)" ] || fail "another version"
jobinsight config show --origin >/dev/null
complete=$(bash -c '. /usr/share/bash-completion/completions/jobinsight; complete -p jobinsight')
[ "${complete##* }" = jobinsight ] || fail "bash does not complete the command"

if [ -e /usr/share/man/man1/jobinsight.1.gz ] && command -v man >/dev/null; then
    [ "$(man -w jobinsight)" = /usr/share/man/man1/jobinsight.1.gz ] || fail "man does not find the page"
    for page in /usr/share/man/man1/jobinsight*; do
        warnings=$(LC_ALL=C.UTF-8 man --warnings --encoding=UTF-8 --local-file "$page" 2>&1 >/dev/null)
        [ -z "$warnings" ] || fail "$page: $warnings"
    done
else
    skip "the manual pages were not shown, because this machine installs no pages or has no man"
fi

if command -v systemd-analyze >/dev/null; then
    units=(/usr/lib/systemd/system/jobinsight.service /usr/lib/systemd/system/jobinsight.timer)
    warnings=$(systemd-analyze verify "${units[@]}" 2>&1) || fail "systemd refuses the units: $warnings"
    [ -z "$warnings" ] || fail "$warnings"
else
    skip "the units of systemd were not verified, because systemd-analyze is not installed"
fi

jobinsight --state-dir "$state" demo | grep -q '600 raw rows: 597 new' || fail "the demo does not publish the sample"

# Without PostgreSQL, the program says what to install, and downloads nothing.
if unshare --mount true 2>/dev/null; then
    code=0
    said=$(PATH=/usr/bin unshare --mount sh -c '
        [ ! -e /usr/lib/postgresql ] || mount -t tmpfs none /usr/lib/postgresql
        exec jobinsight --state-dir "$0" --format json demo' "$state/no-server" 2>/dev/null) || code=$?
    [ "$code" -eq 1 ] || fail "without PostgreSQL, the demo ends with $code: $said"
    grep -q '"jobinsight::postgres::no_download"' <<<"$said" || fail "without PostgreSQL, the demo says: $said"
else
    skip "the demo was not tried without PostgreSQL, because this machine forbids mount namespaces"
fi

# The settings stay until the package is purged.
dpkg --remove jobinsight >/dev/null
[ ! -e /usr/bin/jobinsight ] || fail "the program is left after a removal"
[ -e /etc/jobinsight/jobinsight.toml ] || fail "a removal deletes the settings"
dpkg --purge jobinsight >/dev/null
[ ! -e /etc/jobinsight ] || fail "a purge leaves the settings"
echo "the package was installed, used and removed"
