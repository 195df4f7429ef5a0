module completions {

  # Operations console for a production PostgreSQL platform
  export extern opsctl [
    --help(-h)                # Print help
    --version(-V)             # Print version
  ]

  def "nu-complete opsctl status output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl status color" [] {
    [ "auto" "always" "never" ]
  }

  # How every cluster stands: findings first, then what each endpoint says
  export extern "opsctl status" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl status output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl status color" # Colour; auto: on a terminal, unless NO_COLOR is set
    --strict                  # Exit 3 for warnings too
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl findings output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl findings color" [] {
    [ "auto" "always" "never" ]
  }

  # What is wrong, worst first, since when, and what to do
  export extern "opsctl findings" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl findings output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl findings color" # Colour; auto: on a terminal, unless NO_COLOR is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl explain output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl explain color" [] {
    [ "auto" "always" "never" ]
  }

  # What a rule watches for, its evidence now, its thresholds, its cure; all rules without one
  export extern "opsctl explain" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl explain output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl explain color" # Colour; auto: on a terminal, unless NO_COLOR is set
    --help(-h)                # Print help
    argument?: string         # identifier of a rule, as `findings` shows it
  ]

  def "nu-complete opsctl doctor output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl doctor color" [] {
    [ "auto" "always" "never" ]
  }

  # Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try
  export extern "opsctl doctor" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl doctor output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl doctor color" # Colour; auto: on a terminal, unless NO_COLOR is set
    --help(-h)                # Print help
  ]

  # Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed
  export extern "opsctl wait" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --for: string             # up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE
    --timeout: string         # Give up after this time
    --help(-h)                # Print help
  ]

  # The least grants that reading needs, per system
  export extern "opsctl privileges" [
    --help(-h)                # Print help
    system?: string           # Only this system
  ]

  # The JSON Schema of what a command prints; the names without one
  export extern "opsctl schema" [
    --help(-h)                # Print help
    name?: string             # a command that reads, such as status
  ]

  def "nu-complete opsctl completions shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  # Completions for a shell, to be installed or sourced
  export extern "opsctl completions" [
    --help(-h)                # Print help
    shell: string@"nu-complete opsctl completions shell" # The shell
  ]

  # The manual page of opsctl or of one command, for `man -l -`
  export extern "opsctl man" [
    --help(-h)                # Print help
    command?: string          # A command; opsctl itself without one
  ]

  def "nu-complete opsctl version output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl version color" [] {
    [ "auto" "always" "never" ]
  }

  # The version of this program and of its JSON
  export extern "opsctl version" [
    --output(-o): string@"nu-complete opsctl version output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl version color" # Colour; auto: on a terminal, unless NO_COLOR is set
    --help(-h)                # Print help
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "opsctl help" [
  ]

  # How every cluster stands: findings first, then what each endpoint says
  export extern "opsctl help status" [
  ]

  # What is wrong, worst first, since when, and what to do
  export extern "opsctl help findings" [
  ]

  # What a rule watches for, its evidence now, its thresholds, its cure; all rules without one
  export extern "opsctl help explain" [
  ]

  # Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try
  export extern "opsctl help doctor" [
  ]

  # Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed
  export extern "opsctl help wait" [
  ]

  # The least grants that reading needs, per system
  export extern "opsctl help privileges" [
  ]

  # The JSON Schema of what a command prints; the names without one
  export extern "opsctl help schema" [
  ]

  # Completions for a shell, to be installed or sourced
  export extern "opsctl help completions" [
  ]

  # The manual page of opsctl or of one command, for `man -l -`
  export extern "opsctl help man" [
  ]

  # The version of this program and of its JSON
  export extern "opsctl help version" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "opsctl help help" [
  ]

}

export use completions *
