# shellcheck shell=sh disable=SC2153,SC2154 # shared with lib.sh, setup.sh and the values, which stand around this text

# Puts the certificates of the proxy into the system's store, for programs that take them from nowhere else, such as
# VS Code's own fetch. Only root can, or who may become root without a password. Nothing here stops a script.
#
# Facts: Debian, Ubuntu and Alpine read *.crt in /usr/local/share/ca-certificates, one certificate each; SUSE reads
# /etc/pki/trust/anchors, and its command has the same name; Fedora and RHEL read /etc/pki/ca-trust/source/anchors, Arch
# /etc/ca-certificates/trust-source/anchors.

trust_in_system() {
  umask 022
  trust_close
  system_problem="nothing could be written in $room"
  if work_begin "$room" && system_find && system_become && system_split && system_put; then
    say "$system_said"
  else
    warn "the AI Bridge Proxy CA certificate was not put into the system's store, because $system_problem: programs that trust nothing else refuse the proxy."
  fi
  work_end
}

# Sets system_store and system_command.
system_find() {
  PATH=$PATH:/usr/sbin:/sbin
  system_problem='neither update-ca-certificates nor update-ca-trust was found (install ca-certificates in the workspace image)'
  if have update-ca-certificates; then
    system_command=update-ca-certificates system_store=/usr/local/share/ca-certificates
    [ ! -d /etc/pki/trust/anchors ] || system_store=/etc/pki/trust/anchors
  elif have update-ca-trust; then
    system_command=update-ca-trust system_store=/etc/pki/ca-trust/source/anchors
    [ -d /etc/pki/ca-trust ] || system_store=/etc/ca-certificates/trust-source/anchors
  else
    return 1
  fi
}

# Sets system_as, what runs a command as root.
system_become() {
  system_as=''
  [ "$(id -u)" != 0 ] || return 0
  system_as='sudo -n'
  system_problem="this user is not root, and there is no sudo without a password (put the certificate into the image, or allow $system_command in sudoers)"
  have sudo && run_for 10 sudo -n true >/dev/null 2>&1 </dev/null
}

# One file each, named by the startup unit: another proxy has another one.
system_split() {
  system_problem="there is no room for a copy in $room"
  system_count=0
  pem_blocks "$CERT_PATH" >"$work/blocks" || return
  while IFS= read -r system_line; do
    case $system_line in
      -----BEGIN*)
        system_count=$((system_count + 1))
        true >"$work/$SYNC_UNIT-$system_count.crt" || return
        ;;
    esac
    printf '%s\n' "$system_line" >>"$work/$SYNC_UNIT-$system_count.crt" || return
  done <"$work/blocks"
} 2>/dev/null

system_put() {
  system_said="The AI Bridge Proxy CA certificate is in the system's store already ($system_store)"
  ! system_is_there || return 0
  system_problem="$system_store could not be written"
  system_run mkdir -p "$system_store" && system_run rm -f "$system_store/$SYNC_UNIT"-[0-9]*.crt &&
    system_run cp "$work/$SYNC_UNIT"-*.crt "$system_store/" || return
  system_problem="$system_command failed"
  system_run "$system_command" || return
  system_said="The AI Bridge Proxy CA certificate was put into the system's store ($system_store)"
}

system_is_there() {
  system_number=0
  for system_file in "$system_store/$SYNC_UNIT"-[0-9]*.crt; do
    [ -f "$system_file" ] && system_number=$((system_number + 1))
    cmp -s "$system_file" "$work/${system_file##*/}" || return
  done
  [ "$system_number" = "$system_count" ]
}

# shellcheck disable=SC2086 # none or two words
system_run() { run_for 60 $system_as "$@" >/dev/null 2>&1 </dev/null; }
