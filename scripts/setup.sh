#!/bin/sh
# Makes sure that what the build needs is there: a JDK 25 or newer, and Maven.
# As root on a Debian or Ubuntu it installs what is missing; otherwise it names it and fails.
set -eu
cd "$(dirname "$0")/.."

JDK_PACKAGES="openjdk-25-jdk-headless temurin-25-jdk" # the distribution's own, and that of Temurin's repository

has_jdk() { scripts/jdk.sh >/dev/null; }
has_maven() { command -v mvn >/dev/null; }
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

is_offered() { # whether apt-get could install package $1
    apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

install() { # package $1
    echo "setup: installing $1"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >/dev/null
}

has_jdk && has_maven && exit 0

if can_install; then
    apt-get update -q >/dev/null || echo "setup: apt-get update failed, going on with the package lists at hand" >&2
    for package in $JDK_PACKAGES; do
        has_jdk || { is_offered "$package" && install "$package"; } || true
    done
    has_maven || { is_offered maven && install maven; } || true
fi

missing=
has_jdk || missing="a JDK 25 or newer (in Debian from 13 on: openjdk-25-jdk-headless; anywhere: Eclipse Temurin 25, \
unpacked under /opt or named by JAVA_HOME)"
has_maven || missing="$missing${missing:+ and }Maven (in Debian and Ubuntu: maven)"
[ -z "$missing" ] || { echo "setup: please install $missing" >&2; exit 1; }
