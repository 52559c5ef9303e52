# shellcheck disable=SC2148,SC2154,SC2034 # text of a script; the values and aibridge_lib stand before it

# What a process does with the environment of its workspace when it goes behind the proxy: it adds, and never
# replaces. The process then becomes the command, so names begin with aibridge_, and nothing is exported here.
#
# In and out: aibridge_cert_path, aibridge_bundle_path ('' = not needed), aibridge_direct (hosts, with commas).
# Out: aibridge_room (the directory of what is made here). In: aibridge_access_url, aibridge_reached_before (the address that setup used, if known), aibridge_named and
# aibridge_standing (names of variables), aibridge_providers (hosts).

aibridge_inherit() {
  aibridge_room=$aibridge_cert_path.trust
  aibridge_inherit_direct
  aibridge_read_files
  aibridge_inherit_certificates
}

# ---- certificates --------------------------------------------------------------------------------------

# Where the workspace names certificates, the two paths become those of merged files. Nothing named: no process.
aibridge_inherit_certificates() {
  aibridge_found=''
  for aibridge_name in $aibridge_named; do
    eval "aibridge_value=\${$aibridge_name-}"
    case $aibridge_value in
      '' | "$aibridge_cert_path" | "$aibridge_bundle_path") ;;
      *) aibridge_found=yes ;;
    esac
  done
  case $aibridge_found in
    '') return 0 ;;
  esac
  aibridge_found=$(
    aibridge_lib
    fold "$aibridge_cert_path" "$aibridge_bundle_path" </dev/null
  ) || :
  case $aibridge_found in
    '') return 0 ;;
  esac
  aibridge_bundle_path=${aibridge_bundle_path:+$aibridge_cert_path.trust/bundle-$aibridge_found.pem}
  aibridge_cert_path=$aibridge_cert_path.trust/certificate-$aibridge_found.pem
  # Variables that the workspace has set and that stand by themselves: their programs would not trust the proxy.
  for aibridge_name in $aibridge_standing; do
    eval "aibridge_value=\${$aibridge_name-}"
    case $aibridge_value in
      '') ;;
      *) eval "$aibridge_name=\$aibridge_cert_path && export $aibridge_name" ;;
    esac
  done
}

# ---- hosts that are reached directly -------------------------------------------------------------------

# The workspace's hosts in either spelling of the variable, then ours, each once.
aibridge_inherit_direct() {
  aibridge_ours=$aibridge_direct aibridge_direct='' aibridge_all_said=''
  aibridge_reach "$aibridge_access_url" "${CODER_AGENT_URL:-${aibridge_reached_before-}}" || :
  case $aibridge_reached in
    "$aibridge_access_url") ;;
    *)
      aibridge_ours=$aibridge_ours,$aibridge_host
      ;;
  esac
  aibridge_add_direct 'NO_PROXY of this workspace' "${NO_PROXY-}"
  aibridge_add_direct 'no_proxy of this workspace' "${no_proxy-}"
  aibridge_add_direct 'no_proxy of the template' "$aibridge_ours"
}

# aibridge_add_direct WHOSE LIST: no IFS and no globbing, so that an item is what it says.
aibridge_add_direct() {
  aibridge_list=$2,
  while case $aibridge_list in '') false ;; esac do
    aibridge_item=${aibridge_list%%[,[:space:]]*}
    aibridge_list=${aibridge_list#"$aibridge_item"}
    aibridge_list=${aibridge_list#?}
    case ,$aibridge_direct, in
      *,"$aibridge_item",*) ;;
      *) aibridge_add_item "$1" "$aibridge_item" ;;
    esac
  done
}

# An item that stands for every host would switch the proxy off, and the company meant its own proxy.
aibridge_add_item() {
  case $2 in
    '') return 0 ;;
  esac
  aibridge_lower "$2"
  aibridge_bare=${aibridge_lowered%:"${aibridge_lowered##*[!0123456789]}"}
  while case $aibridge_bare in [*.]*) ;; *) false ;; esac do
    aibridge_bare=${aibridge_bare#?}
  done
  aibridge_bare=${aibridge_bare%.}
  case $aibridge_bare in
    '')
      case $aibridge_all_said in
        '') printf 'WARNING: %s holds %s, which would switch the AI Bridge Proxy off without a word: it was left out. Name the hosts that are to be reached directly.\n' "$1" "$2" >&2 || : ;;
      esac
      aibridge_all_said=yes
      return 0
      ;;
  esac
  case $aibridge_item in
    *'['* | *:*:*/*) printf 'WARNING: %s holds %s, which httpx cannot read: what is made with it (aider, LiteLLM, older SDKs of OpenAI and Anthropic for Python) ends with an invalid port. Write an address of IPv6 without brackets, and no range of them.\n' "$1" "$2" >&2 || : ;;
  esac
  aibridge_past=''
  for aibridge_provider in $aibridge_providers; do
    # Some programs (Python requests) compare ends of names, with a dot before them or not.
    case $aibridge_provider in
      *"$aibridge_bare") aibridge_past=$aibridge_past${aibridge_past:+, }$aibridge_provider ;;
    esac
  done
  case $aibridge_past in
    ?*) printf 'WARNING: %s holds %s, so requests to %s go past the AI Bridge Proxy: they are not governed.\n' "$1" "$2" "$aibridge_past" >&2 || : ;;
  esac
  aibridge_direct=$aibridge_direct${aibridge_direct:+,}$2
}
