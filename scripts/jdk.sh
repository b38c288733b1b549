#!/bin/sh
# Prints the home of a JDK 25 or newer, with a compiler; fails without a word if there is none.
# No JDK is started to ask it: each has a file named release.
set -eu

feature() { # of the JDK in folder $1, e.g. 25; 0 if that is not told
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
    echo "${version:-0}"
}

on_path=$(command -v javac || true)
[ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")

for home in "${JAVA_HOME:-}" "${JDK_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -x "$home/bin/javac" ] && [ "$(feature "$home")" -ge 25 ]; then
        echo "$home"
        exit 0
    fi
done
exit 1
