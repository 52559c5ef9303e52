# shellcheck disable=SC2148,SC2154 # text of a script; lib.sh as aibridge_lib, address.sh and the values stand before it

# Finds the AI Gateway of the Coder deployment, for a tool that is given its address in place of the provider's.
#
# Facts: the gateway's own routes answer "route not supported" where there is no such route, once the deployment has
# the gateway and takes the token: so to ask for none shows all that, and no provider hears of it. The route of newer
# servers comes first; they keep the other one.

GATEWAY_ROUTES='/api/v2/ai-gateway /api/v2/aibridge'
GATEWAY_MAX_BYTES=65536

# gateway_find: sets gateway_url, or else gateway_problem. For the keeper, which ends it by gateway_end.
gateway_find() {
  gateway_url=''
  gateway_check && gateway_pick && gateway_room || return
  tick
  gateway_deadline=$((now + aibridge_wait_seconds)) gateway_pause=1
  until gateway_try || [ "$gateway_verdict" != again ]; do
    tick
    [ $((now + gateway_pause)) -lt "$gateway_deadline" ] || break
    say "$gateway_problem; next attempt in $gateway_pause s"
    pause_for "$gateway_pause"
    gateway_pause=$((gateway_pause < 8 ? gateway_pause * 2 : 8))
  done
  work_end
  [ -n "$gateway_url" ]
}

gateway_check() {
  case $aibridge_session_token in
    '') gateway_problem='no session token of the workspace owner for the AI Gateway: check that the template passes coder_workspace_owner.me.session_token, then rebuild the workspace' ;;
    # It becomes one line of a header, in double quotes.
    *[![:graph:]]* | *[\"\\]*) gateway_problem='the session token for the AI Gateway holds characters that no token has: check what the template passes' ;;
    *)
      gateway_advice='check that the Coder server can be reached from this workspace (DNS, firewall, https_proxy, no_proxy)'
      aibridge_reach "$aibridge_access_url" "${CODER_AGENT_URL-}" ||
        gateway_advice='this address is the workspace itself, because localhost inside a container is the container: set CODER_ACCESS_URL of the deployment to an address that workspaces can reach'
      ! aibridge_address "$aibridge_reached" || return 0
      gateway_problem="the access URL of the Coder deployment is not an http:// or https:// URL: $aibridge_access_url; check CODER_ACCESS_URL"
      ;;
  esac
  return 1
}

gateway_pick() {
  gateway_problem='neither curl nor GNU wget was found, to look for the AI Gateway: install one of them in the workspace image'
  if have curl; then
    gateway_downloader=curl
  elif have wget; then
    # busybox wget tells no words of an error, and checks no certificate.
    case $(wget --help 2>&1) in
      *'GNU Wget'*) gateway_downloader=wget ;;
      *) return 1 ;;
    esac
  else
    return 1
  fi
}

gateway_room() {
  gateway_problem='could not write a file to look for the AI Gateway: check the free space of the home directory and of /tmp'
  for gateway_place in "${CODER_SCRIPT_DATA_DIR-}" "${HOME-}" "${TMPDIR-}" /tmp; do
    [ -z "$gateway_place" ] || ! work_begin "$gateway_place" || return 0
  done
  return 1
}

gateway_try() {
  for gateway_route in $GATEWAY_ROUTES; do
    gateway_ask "${aibridge_reached%/}$gateway_route/aibridge-construct"
    gateway_judge
    case $gateway_verdict in
      there)
        gateway_url=${aibridge_reached%/}$gateway_route
        return 0
        ;;
      elsewhere) ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# gateway_ask URL: sets gateway_status (000 = no answer) and gateway_body, the first line of it.
gateway_ask() {
  gateway_asked=$1 gateway_status=000 gateway_body=''
  { true >"$work/body" && true >"$work/status"; } 2>/dev/null || return
  "gateway_ask_with_$gateway_downloader"
  gateway_left=$?
  IFS= read -r gateway_body <"$work/body" || :
}

# The token goes in through stdin. -q first: no ~/.curlrc. A redirect is not followed: the token would go with it.
gateway_ask_with_curl() {
  run_for 15 gateway_curl_child
  set -- "$?"
  IFS= read -r gateway_status <"$work/status" || :
  gateway_status=${gateway_status:-000}
  return "$1"
}

gateway_curl_child() {
  exec curl -q -g -s --connect-timeout 10 --max-time 15 --max-filesize "$GATEWAY_MAX_BYTES" \
    -o "$work/body" -w '%{http_code}\n' -K - --url "$gateway_asked" >"$work/status" 2>/dev/null <<TOKEN_END
header="Authorization: Bearer $aibridge_session_token"
TOKEN_END
}

# GNU wget reads a header from a file only. With that and HOME set no other wgetrc is read.
gateway_ask_with_wget() {
  (umask 077 && printf 'header = Authorization: Bearer %s\n' "$aibridge_session_token" >"$work/wgetrc") 2>/dev/null || return
  run_for 15 gateway_wget_child
  set -- "$?"
  rm -f "$work/wgetrc"
  while IFS= read -r gateway_line; do
    case $gateway_line in
      *HTTP/[0-9]*\ [1-5][0-9][0-9]*)
        gateway_line=${gateway_line#*HTTP/}
        gateway_line=${gateway_line#* }
        gateway_status=${gateway_line%"${gateway_line#???}"}
        ;;
    esac
  done <"$work/status"
  return "$1"
}

gateway_wget_child() {
  HOME=$work SYSTEM_WGETRC=/dev/null
  export HOME SYSTEM_WGETRC
  exec wget --config="$work/wgetrc" -S -t 1 -T 10 --max-redirect=0 --content-on-error -O "$work/body" \
    -o "$work/status" "$gateway_asked" >/dev/null 2>&1 </dev/null
}

# Sets gateway_verdict (there, elsewhere, again, final) and gateway_problem: what failed and what to check.
gateway_judge() {
  gateway_verdict=final
  gateway_problem="unexpected response (HTTP $gateway_status) of the AI Gateway from $gateway_asked"
  case $gateway_status:$gateway_body in
    404:*'route not supported'*) gateway_verdict=there ;;
    404:*)
      gateway_verdict=elsewhere
      gateway_problem="$gateway_problem: it is not enabled on this Coder deployment, or the deployment is too old; ask the Coder administrator"
      ;;
    401:* | 403:unauthorized*) gateway_problem="$gateway_problem: it does not accept the session token; rebuild the workspace for a fresh one" ;;
    403:*) gateway_problem="$gateway_problem: it is not licensed or not allowed for this user; ask the Coder administrator" ;;
    408:* | 429:* | 5??:*)
      gateway_verdict=again
      gateway_problem="$gateway_problem: the Coder server or a gateway before it is not ready or busy"
      ;;
    000:*)
      gateway_verdict=again
      gateway_problem="could not connect to the AI Gateway at $aibridge_reached: $(gateway_reason)"
      ;;
    *) gateway_problem="$gateway_problem: this is not what a Coder server sends; check the access URL of the deployment (CODER_ACCESS_URL)" ;;
  esac
}

gateway_reason() {
  case $gateway_downloader:$gateway_left in
    curl:60 | curl:77 | wget:5) echo 'its TLS certificate could not be verified; install the CA that issued it in the workspace image' ;;
    *) echo "$gateway_advice" ;;
  esac
}

# ---- in the tool's own process: names begin with aibridge_ ------------------------------------------------

# aibridge_warn_of_detours VARIABLE...: of the workspace, by which a program asks somebody else.
aibridge_warn_of_detours() {
  for aibridge_name; do
    eval "aibridge_value=\${$aibridge_name-}"
    case $aibridge_value in
      '' | 0 | false) ;;
      *) printf 'WARNING: %s is set in this workspace: programs that heed it go past the AI Gateway, and are not governed.\n' "$aibridge_name" >&2 || : ;;
    esac
  done
}
