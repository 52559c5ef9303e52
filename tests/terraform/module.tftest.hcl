# `terraform test` for HCL users of the drop-in module. Copy it beside the module's cdk.tf.json.

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
    condition     = startswith(nonsensitive(coder_script.aibridge_proxy_setup.script), "#!/bin/sh\n")
    error_message = "the script chooses its shell"
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
