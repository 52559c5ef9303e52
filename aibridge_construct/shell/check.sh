# shellcheck disable=SC2148,SC2154,SC2034 # text of a script; the values, command.sh and aibridge_environment stand before it

# aibridge-run --check: what tools hide, in words, each with its cure. Nothing here prints or passes the token: curl
# finds it where the tools find it, in its environment.

# aibridge_check [AI_HOST [OTHER_HOST]]: status 0 when all is well.
aibridge_check() {
  if [ "$aibridge_before_claim" = true ]; then
    echo 'note     this is a prebuilt workspace without an owner: the AI Bridge Proxy is set up after the claim.'
    return 0
  fi
  aibridge_lib
  leaving=yes # there is nothing to be done at the end
  check_failed=''
  check_inherited
  check_certificate "$aibridge_cert_path" 'the certificate'
  check_certificate "$aibridge_bundle_path" 'the bundle of trusted certificates'
  [ -n "$check_failed" ] || check_way "${1:-api.anthropic.com}" "${2:-example.com}"
  check_coordination
  check_note "this command was written by aibridge-construct $aibridge_version."
  [ -z "$check_failed" ]
}

check_good() { printf 'ok       %s\n' "$1"; }

check_note() { printf 'note     %s\n' "$1"; }

check_bad() {
  check_failed=yes
  printf 'PROBLEM  %s\n' "$1"
}

# check_certificate FILE NAME
check_certificate() {
  if ! aibridge_look "$1" "$2"; then
    check_bad "$aibridge_problem: look at the script that sets up the AI Bridge Proxy in the startup logs of the workspace."
    return
  fi
  pem_expires=''
  if ! pem_check "$1"; then
    check_bad "$2 at $1 $pem_problem: start the workspace again."
  elif [ "$2" = 'the certificate' ]; then
    check_validity "$1"
  else
    check_good "$2 is at $1; certificates in it: $pem_count."
  fi
}

check_validity() {
  check_until=${pem_expires%??????}
  check_until=${check_until%????}-${check_until#????}
  check_until=${check_until%??}-${check_until#???????}
  check_owner='whose it is cannot be read without openssl'
  if have openssl; then
    check_owner=$(openssl x509 -in "$1" -noout -subject 2>/dev/null </dev/null) || check_owner='openssl cannot read whose it is'
  fi
  if [ "$pem_expires" = 99991231235959 ]; then
    check_good "the certificate is at $1 ($check_owner)."
  elif [ "$(date -u +%Y%m%d%H%M%S)" -gt "$pem_expires" ]; then
    check_bad "the certificate at $1 has expired on $check_until ($check_owner): ask the Coder administrator for a new one, then start the workspace again."
  else
    check_good "the certificate is at $1, valid until $check_until ($check_owner)."
  fi
}

# ---- the way through the proxy -------------------------------------------------------------------------

# check_way AI_HOST OTHER_HOST
check_way() {
  aibridge_environment
  aibridge_address "$HTTPS_PROXY" || :
  check_proxy=$aibridge_origin
  if ! have curl; then
    check_note "curl is not installed, so the proxy at $check_proxy was not asked."
    return
  fi
  check_ask "$1"
  check_listener
  case $check_connect:$check_status in
    407:*) check_bad "the proxy at $check_proxy refuses the session token (407): start the workspace again for a fresh one, and check that its owner has not been suspended." ;;
    2??:*)
      check_good "the proxy at $check_proxy takes the session token."
      check_hosts "$1" "$2"
      ;;
    000:* | 400:* | :*) check_bad "the proxy at $check_proxy cannot be used: $(check_reason)." ;;
    *) check_bad "the proxy at $check_proxy answers the request for $1 with $check_connect: ask the Coder administrator." ;;
  esac
}

# check_ask HOST: one request through the proxy; the host must show a certificate of the proxy's CA. Sets check_connect,
# the proxy's answer, and check_status, curl's own. Inside the TLS of a listener, a curl of OpenSSL has 35 (the handshake
# failed) for a certificate that is not trusted: if any certificate will do, it was that.
check_ask() {
  check_request "$1"
  case $check_connect:$check_status in
    2??:35)
      check_request "$1" -k
      case $check_status in
        0) check_status=60 ;;
      esac
      ;;
  esac
}

# check_request HOST [OPTION]
check_request() {
  check_connect=$(
    curl -q -s -o /dev/null --noproxy '' --connect-timeout 10 -m 30 --cacert "$aibridge_cert_path" \
      --proxy-cacert "${aibridge_bundle_path:-$aibridge_cert_path}" -w '%{http_connect}' ${2+"$2"} "https://$1/" 2>/dev/null </dev/null
  )
  check_status=$?
}

check_reason() {
  case $check_connect:$check_status in
    400:*) echo 'it takes no such request; check whether proxy_url must begin with https://' ;;
    *:5) echo 'the name of its host was not found; check proxy_url and DNS' ;;
    *:7) echo 'the connection was refused, or there is no route; check proxy_url, and that it runs' ;;
    *:28) echo 'it did not answer in time; check proxy_url and firewalls' ;;
    *:35) echo 'the TLS handshake with it failed; check whether proxy_url must begin with http://' ;;
    *:52 | *:56) echo 'it closed the connection; check whether proxy_url must begin with https://' ;;
    *:58 | *:60 | *:77) echo 'the certificate of its listener is not trusted; add it to extra_ca_certificates' ;;
    *) echo "curl failed with status $check_status" ;;
  esac
}

check_hosts() {
  case $check_status in
    0) check_good "$1 is intercepted with this certificate: its traffic is governed." ;;
    51 | 60) check_bad "$1 is not intercepted with this certificate, so its traffic is NOT governed: ask the Coder administrator whether it is among the hosts of the proxy, and whether its CA has changed since the workspace started." ;;
    *) check_note "$1 was reached, but did not answer (curl: $check_status)." ;;
  esac
  check_ask "$2"
  case $check_connect:$check_status in
    2??:51 | 2??:60) check_good "another host, $2, is tunnelled as it is." ;;
    2??:0) check_note "another host, $2, is intercepted too." ;;
    2??:*) check_note "another host, $2, is let through, but whether untouched cannot be told (curl: $check_status)." ;;
    *) check_note "another host, $2, cannot be reached through the proxy (it answered $check_connect, curl: $check_status)." ;;
  esac
}

# Rust's TLS, and what is made with it, takes no certificate of a CA for a server's.
check_listener() {
  case $check_proxy:$check_connect in
    https://*:[1-9]??) ;;
    *) return 0 ;;
  esac
  if ! have openssl; then
    check_note 'without openssl the certificate of the listener cannot be looked at.'
    return
  fi
  case $check_proxy in
    *:*:*) check_place=${check_proxy#https://} ;;
    *) check_place=${check_proxy#https://}:443 ;;
  esac
  case $(openssl s_client -connect "$check_place" -servername "$aibridge_host" 2>/dev/null </dev/null |
    openssl x509 -noout -text 2>/dev/null) in
    *CA:TRUE*) check_note "the certificate of the listener at $check_proxy says CA:TRUE: Rust tools (Codex, Copilot CLI, uv, Deno) will refuse it; make it with basicConstraints=CA:FALSE." ;;
    *Certificate:*) check_good "the certificate of the listener at $check_proxy is none of a CA, as all tools want it." ;;
  esac
}

# ---- the workspace -------------------------------------------------------------------------------------

check_coordination() {
  if ! have coder; then
    check_note 'there is no coder command here, so tools look for the certificate in place of waiting for its unit.'
    return
  fi
  sync_unit=$aibridge_setup_unit
  sync_ask 10 || :
  clock_stop
  case $sync_state in
    ?*) check_good "startup coordination works: $aibridge_setup_unit is ${sync_state%%[![:alpha:]]*}." ;;
    *) check_note 'startup coordination does not work here, so tools look for the certificate: set CODER_AGENT_SOCKET_SERVER_ENABLED=true in the environment of the agent.' ;;
  esac
}

# Names only: their values may hold a password.
check_inherited() {
  check_names=''
  for check_name in $aibridge_check_named; do
    eval "check_value=\${$check_name-}"
    [ -z "$check_value" ] || check_names="$check_names $check_name"
  done
  [ -z "$check_names" ] || check_note "of this workspace:$check_names; its certificates and its direct hosts are added to ours, its proxy is replaced for the command."
}
