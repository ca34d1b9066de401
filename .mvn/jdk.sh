#!/bin/sh
# Prints the home of the JDK that mvnw runs Maven on. Quarkus loads the compiled classes into Maven's own JVM, so Maven
# itself needs a JDK at least as new as maven.compiler.release. The default `java` of a machine is often older.
# JAVA_HOME is used when it is new enough; otherwise the newest JDK on PATH or in the usual folders.
set -u

root=$(dirname "$0")/..
required=$(sed -n 's:.*<maven.compiler.release>\([0-9]*\)</maven.compiler.release>.*:\1:p' "$root/pom.xml")

# Feature release (8, 17, 25 …) of the JDK in $1; empty when there is none. Reading the `release` file is faster than
# starting a JVM.
feature() {
  { [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ]; } || return 0
  version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release" 2>/dev/null)
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
  version=${version#1.}
  printf '%s\n' "${version%%[!0-9]*}"
}

suits() { [ -n "$1" ] && [ "$1" -ge "$required" ]; }

if [ -n "${JAVA_HOME-}" ] && suits "$(feature "$JAVA_HOME")"; then
  printf '%s\n' "$JAVA_HOME"
  exit 0
fi

best_home='' best=0
consider() {
  found=$(feature "$1")
  if suits "$found" && [ "$found" -gt "$best" ]; then
    best_home=$1 best=$found
  fi
}

on_path=$(command -v javac) && {
  # On Debian and with SDKMAN, javac is a chain of links to the JDK's bin directory.
  while link=$(readlink "$on_path"); do
    case $link in /*) on_path=$link ;; *) on_path=$(dirname "$on_path")/$link ;; esac
  done
  consider "$(dirname "$(dirname "$on_path")")"
}
# JDK_FOLDERS replaces the usual folders. JdkFinderTest sets it.
for home in ${JDK_FOLDERS-/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
  /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
  ~/Library/Java/JavaVirtualMachines/*/Contents/Home ~/.sdkman/candidates/java/* ~/.jdks/*}; do
  consider "$home"
done

if [ -z "$best_home" ]; then
  echo "mvnw: this build needs a JDK $required or newer and found none in JAVA_HOME, on PATH or in the usual folders: install one (for example Eclipse Temurin $required) or set JAVA_HOME to it." >&2
  exit 1
fi
printf '%s\n' "$best_home"
