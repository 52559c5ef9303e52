# `terraform init`, then `terraform test` in this folder: what goes in, what comes out, and what is refused.

variables {
  agent_id  = "11111111-2222-3333-4444-555555555555"
  proxy_url = "https://aiproxy.example.com:8888"
}

run "defaults" {
  command = plan

  assert {
    condition     = output.cert_path == "/tmp/aibridge-proxy/ca-cert.pem"
    error_message = "cert_path has the registry module's default"
  }
  assert {
    condition     = coder_script.aibridge_proxy_setup.run_on_start && !coder_script.aibridge_proxy_setup.start_blocks_login
    error_message = "the script runs on start and lets people log in"
  }
  assert {
    condition     = coder_script.aibridge_proxy_setup.display_name == "AI Bridge Proxy Setup"
    error_message = "the dashboard knows the script by the name that it always had"
  }
  assert {
    condition     = coder_script.aibridge_proxy_setup.cron == null
    error_message = "without refresh the script runs at starts only"
  }
  assert {
    condition     = startswith(nonsensitive(coder_script.aibridge_proxy_setup.script), "#!/bin/sh\n")
    error_message = "the script chooses its shell"
  }
}

run "what_holds_the_token_is_sensitive" {
  command = plan

  assert {
    condition     = issensitive(output.proxy_auth_url) && issensitive(coder_script.aibridge_proxy_setup.script)
    error_message = "nobody sees the token in a plan"
  }
  assert {
    condition     = !issensitive(output.cert_path)
    error_message = "a path is no secret"
  }
}

run "token_is_put_in_once" {
  command = plan

  assert {
    condition     = length(regexall("@", nonsensitive(output.proxy_auth_url))) == 1
    error_message = "one user part in the URL"
  }
  assert {
    condition     = can(regex("^https://coder:[^@]*@aiproxy\\.example\\.com:8888$", nonsensitive(output.proxy_auth_url)))
    error_message = "coder:<token>@ stands after the scheme"
  }
}

run "token_is_percent_encoded" {
  command = plan

  override_data {
    target = data.coder_workspace_owner.me
    values = {
      session_token = "a/b@c d"
    }
  }

  assert {
    condition     = nonsensitive(output.proxy_auth_url) == "https://coder:a%2Fb%40c%20d@aiproxy.example.com:8888"
    error_message = "no character of the token ends the user part"
  }
}

run "trailing_slash_is_dropped" {
  command = plan
  variables {
    proxy_url = "http://aiproxy.example.com/"
  }

  assert {
    condition     = endswith(nonsensitive(output.proxy_auth_url), "@aiproxy.example.com")
    error_message = "no trailing slash"
  }
}

run "cert_path_is_passed_through" {
  command = plan
  variables {
    cert_path = "/home/coder/it's here.pem"
  }

  assert {
    condition     = output.cert_path == "/home/coder/it's here.pem"
    error_message = "cert_path is the variable's value"
  }
}

run "refresh_is_the_schedule" {
  command = plan
  variables {
    refresh = "0 0 */6 * * *"
  }

  assert {
    condition     = coder_script.aibridge_proxy_setup.cron == "0 0 */6 * * *" && coder_script.aibridge_proxy_setup.run_on_start
    error_message = "the script runs by the schedule, and at every start"
  }
}

run "agent_id_is_no_address" {
  command = plan
  variables {
    agent_id = "coder_agent.main.id"
  }
  expect_failures = [var.agent_id]
}

run "proxy_url_needs_a_scheme" {
  command = plan
  variables {
    proxy_url = "aiproxy.example.com"
  }
  expect_failures = [var.proxy_url]
}

run "cert_path_must_be_absolute" {
  command = plan
  variables {
    cert_path = "ca-cert.pem"
  }
  expect_failures = [var.cert_path]
}

run "extra_certificates_must_be_certificates" {
  command = plan
  variables {
    extra_ca_pem = "not a certificate"
  }
  expect_failures = [var.extra_ca_pem]
}

run "setup_timeout_has_bounds" {
  command = plan
  variables {
    setup_timeout = 0
  }
  expect_failures = [var.setup_timeout]
}

run "refresh_has_seconds" {
  command = plan
  variables {
    refresh = "0 */6 * * *"
  }
  expect_failures = [var.refresh]
}
