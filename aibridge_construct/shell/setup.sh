# shellcheck disable=SC2034,SC2153,SC2154 # shared with lib.sh and the values, which stand before this text

# Downloads the CA certificate of the AI Bridge Proxy and puts it where the workspace's tools look for it.

ROUTE=/api/v2/aibridge/proxy/ca-cert.pem
# The name of newer servers, which keep the first; tried after a 404.
NEW_ROUTE=/api/v2/ai-gateway/proxy/ca-cert.pem
# Never more than 1 MiB, also where ulimit counts in 1024 bytes (bash out of its POSIX mode) in place of 512.
MAX_BYTES=524288
# How long setup waits for units that come first. Tools wait twice as long for setup, the download included.
AFTER_SECONDS=300

reached_before=''    # where the deployment was found, if not at its access URL
launcher_is_there='' # set when aibridge-run was made

main() {
  # Who is asked for help wants to know it first. (The stdout of a tool's script is the tool's own.)
  signature="This script was written by aibridge-construct $aibridge_version."
  watch_exits
  # A file size limit then makes a write fail, in place of ending this shell without a word.
  trap '' XFSZ
  [ -n "$AFTER" ] || sync_begin_beside "$SYNC_UNIT"
  note_old_certificate
  skip_while_prebuilt
  check_values
  find_deployment
  warn_of_proxy
  write_launcher
  wait_for_units
  make_room "$CERT_PATH" cert_path
  pick_downloader
  download
  check_certificate
  append_extra
  append_named
  place_certificate
  warn_if_expired
  build_bundle
  refold "$CERT_PATH" "$BUNDLE_PATH"
  # system.sh stands before this text only where the template asks for it.
  ! have trust_in_system || trust_in_system
  announce_launcher
}

# ---- before the download -------------------------------------------------------------------------------

note_old_certificate() {
  if [ -f "$CERT_PATH" ]; then
    failure_note=" The certificate that is already at $CERT_PATH was kept."
  fi
}

# A prebuilt workspace has no owner and so no token; after the claim the script runs again.
skip_while_prebuilt() {
  if [ -z "$SESSION_TOKEN" ] && [ "$IS_PREBUILD" = true ]; then
    [ -z "$AFTER" ] || sync_begin_beside "$SYNC_UNIT"
    write_launcher
    say 'This is a prebuilt workspace without an owner: AI Bridge Proxy setup will run after the claim.'
    exit 0
  fi
}

check_values() {
  case $SESSION_TOKEN in
    '') die 'no session token of the workspace owner: check that the template passes coder_workspace_owner.me.session_token, then rebuild the workspace.' ;;
    # The token becomes one line of a header.
    *[![:graph:]]*) die 'the session token holds characters that no token has: check what the template passes.' ;;
  esac
  while case $ACCESS_URL in */) ;; *) false ;; esac do
    ACCESS_URL=${ACCESS_URL%/}
  done
  case $ACCESS_URL in
    *[[:cntrl:]]*) die 'the access URL of the Coder deployment holds control characters: check CODER_ACCESS_URL.' ;;
    http://?* | https://?*) ;;
    *) die "the access URL of the Coder deployment is not an http:// or https:// URL: $ACCESS_URL; check CODER_ACCESS_URL." ;;
  esac
}

# A deployment on localhost, as in every first trial, is not there when a container asks.
find_deployment() {
  reach_advice='check that the Coder server can be reached from this workspace (DNS, firewall, https_proxy, no_proxy)'
  if ! aibridge_reach "$ACCESS_URL" "${CODER_AGENT_URL-}"; then
    reach_advice="$aibridge_reached is the workspace itself, because localhost inside a container is the container: set CODER_ACCESS_URL of the deployment to an address that workspaces can reach"
  elif [ "$aibridge_reached" != "$ACCESS_URL" ]; then
    say "The access URL $ACCESS_URL is this workspace itself, seen from here: asking $aibridge_reached, where its agent found the deployment."
    ACCESS_URL=$aibridge_reached
    reached_before=$aibridge_reached
  fi
}

# Only where Terraform computed it: of a literal, the author of the template was warned.
warn_of_proxy() {
  [ -z "$LOOPBACK_PROXY" ] || warn "proxy_url is $LOOPBACK_PROXY, which inside a container is the container itself: if the AI Bridge Proxy does not run there, name an address that workspaces can reach."
}

# What another script makes first, such as the CA of a company. Setup goes on without it: the download then says what
# is wrong, if anything is.
wait_for_units() {
  [ -n "$AFTER" ] || return 0
  tick
  after_began=$now
  # shellcheck disable=SC2086 # unit names have no characters that a shell would read
  sync_begin "$AFTER_SECONDS" "$SYNC_UNIT" $AFTER && return
  tick
  if [ $((now - after_began)) -ge "$AFTER_SECONDS" ]; then
    warn "the startup units that setup waits for ($AFTER) were not complete after $AFTER_SECONDS s; it goes on without them."
  else
    warn "setup does not wait for the startup units $AFTER, because startup coordination does not work here: set CODER_AGENT_SOCKET_SERVER_ENABLED=true in the environment of the agent."
  fi
}

# aibridge-run, for people: one command of theirs behind the proxy. It holds the token, so it is for the owner
# only. Made before the download: it says itself what is wrong when there is no certificate, or no owner.
write_launcher() {
  [ "$LAUNCHER" = true ] || return 0
  if [ -z "${CODER_SCRIPT_BIN_DIR-}" ]; then
    warn 'aibridge-run was not made: this Coder agent gives scripts no CODER_SCRIPT_BIN_DIR.'
    return
  fi
  launcher_agent=${CODER_WORKSPACE_AGENT_NAME-}
  case $launcher_agent in
    *[!A-Za-z0-9_.-]*) launcher_agent='' ;;
  esac
  warn_of_other_agent
  if work_begin "$CODER_SCRIPT_BIN_DIR" &&
    (umask 077 && { launcher_head && launcher_text; } >"$work/run" && chmod 700 "$work/run") 2>/dev/null &&
    place "$work/run" "$CODER_SCRIPT_BIN_DIR/aibridge-run"; then
    launcher_is_there=yes
    work_end
    wait "$remover" 2>/dev/null
    offer_to_login_shells
  else
    warn "could not write $CODER_SCRIPT_BIN_DIR/aibridge-run: check the owner and the free space of that directory."
  fi
  work_end
}

# Agents on one machine have one directory for scripts, unless they are told otherwise.
warn_of_other_agent() {
  [ -f "$CODER_SCRIPT_BIN_DIR/aibridge-run" ] || return 0
  other_agent=''
  { read -r _ && read -r _ && read -r other_agent; } 2>/dev/null <"$CODER_SCRIPT_BIN_DIR/aibridge-run" || :
  case $other_agent in
    "aibridge_agent='$launcher_agent'" | "aibridge_agent=''") ;;
    aibridge_agent=*)
      other_agent=${other_agent#*\'}
      warn "$CODER_SCRIPT_BIN_DIR/aibridge-run was the agent ${other_agent%\'}'s, and is this agent's now: set CODER_AGENT_SCRIPT_DATA_DIR for one of them, or leave launcher=True out of one proxy."
      ;;
  esac
}

# When it has all that it needs.
announce_launcher() {
  [ -z "$launcher_is_there" ] ||
    say "aibridge-run is ready: 'aibridge-run COMMAND' runs one command behind the AI Bridge Proxy ($CODER_SCRIPT_BIN_DIR/aibridge-run)"
}

# Neither holds a character that a shell would read.
launcher_head() { printf "#!/bin/sh\naibridge_reached_before='%s'\naibridge_agent='%s'\n" "$reached_before" "$launcher_agent"; }

# make_room FILE ARGUMENT: the directory of the file, and in it a private one for what is not finished.
make_room() {
  if [ -d "$1" ] && ! [ -L "$1" ]; then
    die "$1 is a directory: remove it, or choose another $2."
  fi
  # Other users of the workspace may read the certificate, whatever the umask was.
  umask 022
  room=${1%/*}
  room=${room:-/}
  room_advice="check its owner, its permissions and the free space, or choose another $2."
  work_begin_below "$room" || die "could not make the directory $room: $room_advice"
  if squatted "$room"; then
    die "$squatted_dir belongs to another user (id $squatter), who could exchange the certificate: remove it, or choose another $2."
  fi
  [ -n "$work" ] || work_begin "$room" || die "could not write in the directory $room: $room_advice"
}

# finish FILE TARGET: what was made in the private directory becomes TARGET.
finish() { place "$1" "$2" || die "could not replace $2: check the owner and the permissions of what is there and of its directory."; }

die_disk() { die "could not write in the directory $room: check the free space and the limit on file sizes (ulimit -f)."; }

# ---- the download --------------------------------------------------------------------------------------

pick_downloader() {
  if have curl; then
    downloader=curl
  elif have wget; then
    case $(wget --help 2>&1) in
      *'GNU Wget'*) downloader=wget ;;
      *BusyBox*\[-*S*\]*) downloader=busybox_wget ;;
      *) die 'the wget of this workspace is unknown or too old: install curl or GNU wget in the workspace image.' ;;
    esac
  else
    die 'neither curl nor wget was found: install curl (or GNU wget) in the workspace image.'
  fi
}

# Tries until it succeeds, fails for good, or the deadline is over. An attempt may use a third of the time,
# so that one that hangs leaves room for others.
download() {
  tick
  deadline=$((now + DEADLINE))
  pause=1
  while :; do
    attempt_seconds=$((deadline - now))
    if [ "$attempt_seconds" -gt $((DEADLINE / 3 + 1)) ]; then
      attempt_seconds=$((DEADLINE / 3 + 1))
    fi
    ask "$ROUTE"
    [ "$http_status" != 404 ] || ask "$NEW_ROUTE"
    judge
    case $verdict in
      good) return ;;
      final) die "$problem" ;;
    esac
    wait_for_next_attempt
  done
}

wait_for_next_attempt() {
  tick
  # An attempt that gets less than two seconds is not worth the wait.
  wait_limit=$((deadline - now - 2))
  if [ "$retry_after" -gt "$pause" ]; then
    wait_seconds=$retry_after
  else
    wait_seconds=$((pause < wait_limit ? pause : wait_limit))
  fi
  if [ "$wait_seconds" -lt 1 ] || [ "$wait_seconds" -gt "$wait_limit" ]; then
    die "$problem (gave up; the limit is $DEADLINE s)."
  fi
  say "$problem; next attempt in $wait_seconds s"
  pause_for "$wait_seconds"
  pause=$((pause < 8 ? pause * 2 : 8))
  tick
}

# ask ROUTE: one request; the body goes to $work/body. Sets http_status (000 = none), body_bytes where the downloader
# tells, and ask_status, the downloader's own.
ask() {
  url=$ACCESS_URL$1
  http_status=000 body_bytes=''
  # Nothing of an earlier attempt may be taken for this one's. (`:` would end the script if this fails.)
  { true >"$work/head" && true >"$work/body"; } 2>/dev/null || die_disk
  "ask_with_$downloader"
  ask_status=$?
  "read_status_of_$downloader"
}

# A file size limit holds where --max-filesize does not: for bodies of unknown length.
limit_size() {
  # shellcheck disable=SC3045 # -c is everywhere in practice; without it a core file may be left
  ulimit -c 0 2>/dev/null
  ulimit -f $((MAX_BYTES / 512)) 2>/dev/null
}

# The token goes in through stdin. -q first: no ~/.curlrc. -f: no body with an error status, which might
# echo the token. -g: brackets in the URL are data. Redirects are not followed unless told.
ask_with_curl() { run curl_child; }

curl_child() {
  limit_size
  exec curl -q -f -g -s --connect-timeout 10 --max-time "$attempt_seconds" --max-filesize "$MAX_BYTES" \
    -o "$work/body" -D "$work/head" -w '%{http_code} %{size_download}' -K - --url "$url" >"$work/status" 2>/dev/null <<TOKEN_END
header=Coder-Session-Token:$SESSION_TOKEN
TOKEN_END
}

read_status_of_curl() {
  IFS=' ' read -r http_status body_bytes <"$work/status" || :
  http_status=${http_status:-000}
}

# GNU wget reads a header from a regular file only: 0600, in the private directory, gone after the request.
# With that file and HOME set no other wgetrc, .netrc or HSTS list is read or written.
ask_with_wget() {
  (umask 077 && printf 'header = Coder-Session-Token: %s\n' "$SESSION_TOKEN" >"$work/wgetrc") 2>/dev/null || die_disk
  run_for "$attempt_seconds" wget_child
  ask_with_wget_status=$?
  rm -f "$work/wgetrc"
  return "$ask_with_wget_status"
}

wget_child() {
  limit_size
  HOME=$work SYSTEM_WGETRC=/dev/null
  export HOME SYSTEM_WGETRC
  exec wget --config="$work/wgetrc" -S -t 1 -T 10 --max-redirect=0 -O "$work/body" -o "$work/head" "$url" \
    >/dev/null 2>&1 </dev/null
}

# The first redirect counts and not where it led to; else the last answer, behind those of proxies.
read_status_of_wget() {
  while IFS= read -r head_line; do
    case $head_line in
      *HTTP/[0-9]*\ [1-5][0-9][0-9]*)
        head_line=${head_line#*HTTP/}
        head_line=${head_line#* }
        http_status=${head_line%"${head_line#???}"}
        ;;
      *'validation not implemented'*)
        die "busybox wget cannot verify the TLS certificate of $ACCESS_URL: install curl or GNU wget in the workspace image."
        ;;
    esac
    case $http_status in
      3??) return 0 ;;
    esac
  done <"$work/head"
}

# The last resort: busybox wget takes a header from its arguments only, follows redirects with it, and
# (most builds) verifies no certificate. So it asks without the token first: no answer then, a redirect, or
# a server that nobody verified ends the matter.
ask_with_busybox_wget() {
  run_for "$attempt_seconds" busybox_wget_child
  ask_with_busybox_wget_status=$?
  read_status_of_wget
  case $http_status in
    000 | 3??) return "$ask_with_busybox_wget_status" ;;
  esac
  http_status=000
  run_for "$attempt_seconds" busybox_wget_child --header "Coder-Session-Token: $SESSION_TOKEN"
}

busybox_wget_child() {
  limit_size
  exec wget -S -O "$work/body" "$@" "$url" >/dev/null 2>"$work/head" </dev/null
}

read_status_of_busybox_wget() { read_status_of_wget; }

# ---- what the answer means -----------------------------------------------------------------------------

# Sets verdict (good, again, final) and problem: what failed and what to check.
judge() {
  verdict=final
  retry_after=0
  answer="unexpected response (HTTP $http_status) from $url"
  case $http_status in
    200) judge_transfer ;;
    000) judge_connection ;;
    401) problem="$answer: the server does not accept the session token; rebuild the workspace for a fresh one." ;;
    403) problem="$answer: AI Bridge is not licensed or not allowed for this user; ask the Coder administrator." ;;
    404) problem="$answer: the AI Bridge Proxy is not enabled on this Coder deployment, or the deployment is too old; ask the Coder administrator." ;;
    408 | 429 | 5??)
      verdict=again
      problem="$answer: the Coder server or a gateway before it is not ready or busy"
      read_retry_after
      ;;
    3??) problem="$answer: the server redirects to another address, which is not followed because the session token would go with it; check the access URL of the deployment (CODER_ACCESS_URL)." ;;
    *) problem="$answer: this is not what a Coder server sends; check the access URL of the deployment (CODER_ACCESS_URL)." ;;
  esac
}

judge_transfer() {
  case $ask_status in
    0)
      verdict=good
      return
      ;;
  esac
  if too_big; then
    problem="the answer of $url is larger than $MAX_BYTES bytes, so it is no certificate: check the access URL of the deployment (CODER_ACCESS_URL)."
  elif disk_is_full; then
    die_disk
  else
    verdict=again
    problem="could not connect to $ACCESS_URL for the whole download: the connection broke or was too slow"
  fi
}

too_big() { [ "$downloader:$ask_status" = curl:63 ] || [ "$(wc -c <"$work/body")" -ge "$MAX_BYTES" ]; }

disk_is_full() { [ "$downloader:$ask_status" = curl:23 ] || [ "$downloader:$ask_status" = wget:3 ] || ! { printf '%04096d' 0 >"$work/probe"; } 2>/dev/null; }

judge_connection() {
  case $downloader:$ask_status in
    *:126 | *:127)
      problem="${downloader%%_*} cannot be run: check its installation, or install curl or GNU wget in the workspace image."
      return
      ;;
    # Another script may be installing the CA.
    curl:51 | curl:60 | curl:77 | wget:5)
      verdict=again
      problem="could not connect to $ACCESS_URL: its TLS certificate could not be verified; install the CA that issued it in the workspace image, or name it in SSL_CERT_FILE"
      return
      ;;
    curl:1 | curl:3)
      problem="could not connect to $ACCESS_URL: curl does not take this URL; check the access URL of the deployment (CODER_ACCESS_URL)."
      return
      ;;
  esac
  if too_big || disk_is_full; then
    judge_transfer
    return
  fi
  verdict=again
  problem="could not connect to $ACCESS_URL: $(connection_reason); $reach_advice"
}

connection_reason() {
  case $downloader:$ask_status in
    curl:5) echo 'the name of the HTTP proxy was not found' ;;
    curl:6) echo 'the host name was not found' ;;
    curl:7) echo 'the connection was refused, or there is no route' ;;
    curl:28 | *:137) echo 'no answer in time' ;;
    curl:35) echo 'the TLS handshake failed' ;;
    curl:52 | curl:56) echo 'the connection was closed without an answer' ;;
    *) echo "${downloader%%_*} failed with status $ask_status" ;;
  esac
}

# Retry-After in seconds; a date counts as not given.
read_retry_after() {
  while IFS=' :' read -r head_name head_value; do
    case $head_name in
      [Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr])
        head_value=${head_value%[[:cntrl:]]}
        case $head_value in
          '' | *[!0-9]* | ?????????*) ;;
          *) retry_after=$head_value ;;
        esac
        ;;
    esac
  done <"$work/head"
}

# ---- after the download --------------------------------------------------------------------------------

check_certificate() {
  [ -s "$work/body" ] || die "the downloaded certificate is empty: check $url in a browser, or ask the Coder administrator."
  if pem_check "$work/body" "$body_bytes"; then
    answer_expires=$pem_expires answer_open_end=$pem_open_end
    if [ -n "$pem_untidy" ]; then
      make_plain body
      answer_open_end=''
    fi
    return
  fi
  case $pem_problem in
    *'HTML page') pem_problem="$pem_problem: a login page or a gateway answers in place of Coder" ;;
    *'PRIVATE KEY') pem_problem="$pem_problem, which must not leave the server: it was not saved" ;;
  esac
  die "the downloaded certificate $pem_problem; check $url, or ask the Coder administrator."
}

# make_plain NAME: the same certificates, in a form that every program reads.
make_plain() {
  { pem_blocks "$work/$1" >"$work/plain" && mv -f "$work/plain" "$work/$1"; } 2>/dev/null || die_disk
}

append_extra() {
  [ -n "$EXTRA_CA_PEM" ] || return 0
  printf '%s\n' "${EXTRA_CA_PEM%"
"}" 2>/dev/null >"$work/extra" || die_disk
  pem_check "$work/extra" || [ "$pem_problem" = 'is empty' ] ||
    die "the text of extra_ca_certificates (extra_ca_pem) $pem_problem; correct it in the template."
  # Only where Terraform computed it, as above.
  case ${LISTENER_LIMIT:+$pem_authority} in
    yes) warn "$LISTENER_LIMIT" ;;
  esac
  [ -z "$pem_untidy" ] || make_plain extra
  {
    [ -z "$answer_open_end" ] || echo
    cat "$work/extra"
  } 2>/dev/null >>"$work/body" || die_disk
}

# Node's variable adds to its roots, and a program that sets it to CERT_PATH for itself, as Copilot's module does,
# loses what the workspace named there.
append_named() {
  [ -n "${NODE_EXTRA_CA_CERTS-}" ] || return 0
  sources_begin "$CERT_PATH" "$BUNDLE_PATH" ''
  take_named NODE_EXTRA_CA_CERTS
  [ "$source_count" -eq 0 ] || { echo && cat "$work/named"; } 2>/dev/null >>"$work/body" || die_disk
}

# What cannot be copied must not cost the proxy's own certificate.
take_named() {
  sources_of "$1" && return
  source_count=0
  warn "could not copy the certificates that this workspace names: check the free space of $room and the awk of the workspace; they are not trusted behind the AI Bridge Proxy."
}

place_certificate() {
  finish "$work/body" "$CERT_PATH"
  say "AI Bridge Proxy CA certificate saved to $CERT_PATH"
  failure_note=" The certificate was saved to $CERT_PATH all the same."
}

# A word on stderr, not a failure: the server has no other certificate to give.
warn_if_expired() {
  # The year in the answer's Date header mostly tells without a process.
  head_date=''
  while IFS= read -r head_line; do
    case $head_line in
      [Dd]ate:*' 20'??' '*GMT*) head_date=${head_line%" ${head_line##* 20?? }"} ;;
    esac
  done <"$work/head"
  [ -z "$head_date" ] || [ "$answer_expires" -le "${head_date##* }9999999999" ] || return 0
  if [ "$(date -u +%Y%m%d%H%M%S)" -gt "$answer_expires" ]; then
    warn "the AI Bridge Proxy CA certificate at $CERT_PATH has expired: ask the Coder administrator for a new one."
  fi
}

# For variables that replace the trusted roots: system roots, the proxy's CA, extra certificates, and what the
# workspace names.
build_bundle() {
  [ -n "$BUNDLE_PATH" ] || return 0
  work_end
  wait "$remover" 2>/dev/null
  make_room "$BUNDLE_PATH" bundle_path
  bundle_roots='' bundle_tried=''
  # Debian, Ubuntu, Alpine; Fedora, RHEL, the newer of them by the second; SUSE; Alpine, macOS.
  for bundle_try in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
    /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    bundle_tried="$bundle_tried$bundle_try, "
    if [ -f "$bundle_try" ] && [ -s "$bundle_try" ] && [ -r "$bundle_try" ]; then
      bundle_roots=$bundle_try
      break
    fi
  done
  sources_begin "$CERT_PATH" "$BUNDLE_PATH" "$bundle_roots"
  take_named "$NAMED"
  case "$bundle_roots$source_taken" in
    /* | *SSL_CERT_FILE*) ;;
    *) warn "no system roots were found (looked at ${bundle_tried}SSL_CERT_FILE and NIX_SSL_CERT_FILE), so tools that use $BUNDLE_PATH trust the AI Bridge Proxy only: install ca-certificates in the workspace image, or name a file with your roots in SSL_CERT_FILE in the environment of the agent." ;;
  esac
  {
    { [ -z "$bundle_roots" ] || { cat "$bundle_roots" && echo; }; } && cat "$CERT_PATH" &&
      { [ "$source_count" -eq 0 ] || { echo && cat "$work/named"; }; }
  } 2>/dev/null >"$work/bundle" || die_disk
  finish "$work/bundle" "$BUNDLE_PATH"
}

main "$@" </dev/null
