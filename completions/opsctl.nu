module completions {

  def "nu-complete opsctl color" [] {
    [ "auto" "always" "never" ]
  }

  # Operations console for a production PostgreSQL platform
  export extern opsctl [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --color: string@"nu-complete opsctl color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --accessible              # Lines for a screen reader instead of a screen: what changes is told, numbers answer
    --theme: string           # Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration
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
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl status output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --strict                  # Exit 3 for warnings too
    --color: string@"nu-complete opsctl status color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl list output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl list color" [] {
    [ "auto" "always" "never" ]
  }

  # The members of each cluster: role, state, lag, what waits
  export extern "opsctl list" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl list output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl list color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl topology output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl topology color" [] {
    [ "auto" "always" "never" ]
  }

  # Who streams from whom: the primary at the root, replicas below
  export extern "opsctl topology" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl topology output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl topology color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl history output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl history color" [] {
    [ "auto" "always" "never" ]
  }

  # The timelines of each cluster: when it turned, where, who led after it
  export extern "opsctl history" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl history output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl history color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl show-config output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl show-config color" [] {
    [ "auto" "always" "never" ]
  }

  # The dynamic configuration of each cluster, as its store holds it
  export extern "opsctl show-config" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl show-config output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl show-config color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl replication output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl replication color" [] {
    [ "auto" "always" "never" ]
  }

  # Who receives whose WAL, how far behind, and the slots that keep WAL
  export extern "opsctl replication" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl replication output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl replication color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl activity output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl activity color" [] {
    [ "auto" "always" "never" ]
  }

  # Sessions that do or hold something: state, wait, age, who, statement
  export extern "opsctl activity" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl activity output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl activity color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl locks output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl locks color" [] {
    [ "auto" "always" "never" ]
  }

  # Who holds up whom: the root of each blocking tree first
  export extern "opsctl locks" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl locks output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl locks color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl queries output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl queries color" [] {
    [ "auto" "always" "never" ]
  }

  # The statements that took most time, by pg_stat_statements
  export extern "opsctl queries" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl queries output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl queries color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl poolers output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl poolers color" [] {
    [ "auto" "always" "never" ]
  }

  # Every pool of every PgBouncer: clients, servers, who waits, what is paused
  export extern "opsctl poolers" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl poolers output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl poolers color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl balancers output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl balancers color" [] {
    [ "auto" "always" "never" ]
  }

  # Every backend of every HAProxy with its servers: who takes sessions, checks, queues
  export extern "opsctl balancers" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl balancers output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl balancers color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl consensus output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl consensus color" [] {
    [ "auto" "always" "never" ]
  }

  # The members of the store that elects the leader: who leads, quorum, size, alarms
  export extern "opsctl consensus" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl consensus output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl consensus color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
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
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl findings output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --strict                  # Exit 3 for warnings too
    --color: string@"nu-complete opsctl findings color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
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
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl explain output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl explain color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    argument?: string         # identifier of a rule, as `findings` shows it
  ]

  def "nu-complete opsctl foresee output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl foresee color" [] {
    [ "auto" "always" "never" ]
  }

  # If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost
  export extern "opsctl foresee" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl foresee output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl foresee color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl events output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl events color" [] {
    [ "auto" "always" "never" ]
  }

  # What happened and when, by the servers' own clocks, newest first
  export extern "opsctl events" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl events output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl events color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
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
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl doctor output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl doctor color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl switchover output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl switchover color" [] {
    [ "auto" "always" "never" ]
  }

  # Move the primary to another member: clients wait at the poolers, and every step is proven
  export extern "opsctl switchover" [
    --to: string              # The member that leads afterwards
    --candidate: string       # The member that leads afterwards
    --settled: string         # How long ago the last change of leader has to be; 60s unless said
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl switchover output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl switchover color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl failover output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl failover color" [] {
    [ "auto" "always" "never" ]
  }

  # Make a member the primary when there is none; what may be lost is said first
  export extern "opsctl failover" [
    --to: string              # The member that leads afterwards
    --candidate: string       # The member that leads afterwards
    --fenced-by-hand          # You have seen for yourself that the old primary cannot come back: powered off, or its volume taken away
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl failover output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl failover color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl drill output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl drill color" [] {
    [ "auto" "always" "never" ]
  }

  # Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end
  export extern "opsctl drill" [
    --to: string              # The member that leads in between
    --candidate: string       # The member that leads in between
    --settled: string         # How long ago the last change of leader has to be; 60s unless said
    --kill                    # In the end the leader is killed by `opsctl-drill-kill` of your PATH; only where the environment is dev
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl drill output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl drill color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl restart output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl restart color" [] {
    [ "auto" "always" "never" ]
  }

  # Restart PostgreSQL of one member; where it leads, clients wait at the poolers
  export extern "opsctl restart" [
    --member: string          # The member whose PostgreSQL is restarted
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl restart output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl restart color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl pause output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl pause color" [] {
    [ "auto" "always" "never" ]
  }

  # Take Patroni's hands off the cluster: it promotes, restarts and demotes nobody
  export extern "opsctl pause" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl pause output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl pause color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl resume output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl resume color" [] {
    [ "auto" "always" "never" ]
  }

  # Give the cluster back to Patroni; a run is resumed by `opsctl run resume`
  export extern "opsctl resume" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl resume output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --write                   # writing is allowed for this one command
    --break-glass: string     # etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --dry-run                 # show the plan with the exact calls, and send nothing
    --yes                     # it is confirmed without a question; not enough at high risk
    --confirm: string         # what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --detach                  # print the name of the run and do not watch it
    --color: string@"nu-complete opsctl resume color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl check color" [] {
    [ "auto" "always" "never" ]
  }

  # One check for a monitoring system: every rule, and the checks of check_patroni, by name
  export extern "opsctl check" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --warning(-w): string     # Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20
    --member(-m): string      # Only this member
    --expected: string        # What to compare with: a hash, a version, a timeline
    --cluster(-C): string     # Only this cluster; may be repeated
    --critical(-c): string    # Critical when the value is outside
    --color: string@"nu-complete opsctl check color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    name?: string             # A check or a rule; the names without one
  ]

  def "nu-complete opsctl wait color" [] {
    [ "auto" "always" "never" ]
  }

  # Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed
  export extern "opsctl wait" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --for: string             # up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE
    --timeout: string         # Give up after this time
    --color: string@"nu-complete opsctl wait color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl watch output" [] {
    [ "lines" "jsonl" ]
  }

  def "nu-complete opsctl watch color" [] {
    [ "auto" "always" "never" ]
  }

  # Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]
  export extern "opsctl watch" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --watch: string           # Print again at this interval, until interrupted
    --deadline: string        # Wait no longer than this for answers
    --headless                # Be the service: keep a ring of recordings of each cluster in the state directory, and tell the targets of [[notify]]
    --ring-size: string       # Bytes of the ring of one cluster, in the place of `ring.size` of the configuration
    --output(-o): string@"nu-complete opsctl watch output" # How to print
    --color: string@"nu-complete opsctl watch color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  def "nu-complete opsctl record color" [] {
    [ "auto" "always" "never" ]
  }

  # Record what is observed into a file, each second, until interrupted; `replay` shows it
  export extern "opsctl record" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --watch: string           # Print again at this interval, until interrupted
    --deadline: string        # Wait no longer than this for answers
    --for: string             # End after this time
    --keep: string            # Of all instants keep only so many in the end: the last one, and those before it where a verdict changed first
    --color: string@"nu-complete opsctl record color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    file: path                # A new file; it may hold statements
  ]

  def "nu-complete opsctl replay color" [] {
    [ "auto" "always" "never" ]
  }

  # Show a recording in the console: < and > step, ( and ) go by a minute, p plays
  export extern "opsctl replay" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --at: string              # Begin there: 14:03, 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; at the beginning otherwise
    --theme: string           # Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration
    --color: string@"nu-complete opsctl replay color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    file: path                # What `record` wrote, or a file of a ring
  ]

  def "nu-complete opsctl privileges color" [] {
    [ "auto" "always" "never" ]
  }

  # The least grants that reading needs, per system
  export extern "opsctl privileges" [
    --color: string@"nu-complete opsctl privileges color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    system?: string           # Only this system
  ]

  def "nu-complete opsctl who output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl who color" [] {
    [ "auto" "always" "never" ]
  }

  # The client behind a process of PostgreSQL: back through pooler and balancer to its address
  export extern "opsctl who" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --output(-o): string@"nu-complete opsctl who output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --member(-m): string      # The server it runs on, where several have a process of this number
    --color: string@"nu-complete opsctl who color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    pid: string               # The process, as pg_stat_activity has it
  ]

  def "nu-complete opsctl notify color" [] {
    [ "auto" "always" "never" ]
  }

  # Try the targets of [[notify]]: --test sends each a notice that says that it is a test
  export extern "opsctl notify" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --test                    # Send it; nothing else is sent by hand
    --color: string@"nu-complete opsctl notify color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    target?: string           # One target alone
  ]

  def "nu-complete opsctl runbook output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl runbook action" [] {
    [ "list" "show" "plan" "validate" "facts" "schema" "reference" "source" ]
  }

  def "nu-complete opsctl runbook color" [] {
    [ "auto" "always" "never" ]
  }

  # The runbooks: list them, show one, validate files, and the format they are written in
  export extern "opsctl runbook" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --output(-o): string@"nu-complete opsctl runbook output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --cluster(-c): string     # plan: the cluster it is for
    --param(-p): string       # What it is told; may be repeated
    --detailed-exitcode       # plan: exit 20 where it would change something
    --strict                  # validate: warnings are exit 3
    --color: string@"nu-complete opsctl runbook color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help (see more with '--help')
    action: string@"nu-complete opsctl runbook action" # What to do
    ...name: string           # The name of a runbook; for validate also a file
  ]

  def "nu-complete opsctl run output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl run action" [] {
    [ "start" "list" "show" "result" "attach" "resume" "rollback" "abandon" "cancel" "approve" "locks" "unlock" "write" "exec" "hold" ]
  }

  def "nu-complete opsctl run stage" [] {
    [ "1" "2" "3" ]
  }

  def "nu-complete opsctl run color" [] {
    [ "auto" "always" "never" ]
  }

  # Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks
  export extern "opsctl run" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --output(-o): string@"nu-complete opsctl run output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --param(-p): string       # start: a parameter of the runbook; may be repeated
    --for: string             # write: how long writing to the cluster is allowed: 15m
    --end                     # write: it is not allowed any more
    --dry-run                 # start: show the plan with the exact calls, and send nothing
    --yes                     # start: it is confirmed without a question; not enough at high risk
    --confirm: string         # start: what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER
    --scheduled: string       # start: the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time
    --write                   # start, resume, rollback, abandon of a run that holds something: writing is allowed for this one command
    --break-glass: string     # start, resume, rollback, abandon, unlock: etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit
    --detach                  # start, resume, rollback, abandon: print the name of the run and do not watch it
    --applied: string         # resume, rollback, abandon: a step in doubt was applied; --reason says how you know
    --absent: string          # resume, rollback, abandon: a step in doubt was not applied; --reason says how you know
    --across                  # rollback: also back across the point of no return; abandon: also away from what cannot be freed; unlock: also where nobody can tell what the run holds
    --refuse                  # approve: the answer is no
    --evidence: string        # approve: what you saw
    --reason: string          # abandon, unlock, --applied, --absent: why; it is kept in the audit
    --stage: string@"nu-complete opsctl run stage" # cancel: how hard
    --color: string@"nu-complete opsctl run color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help (see more with '--help')
    action: string@"nu-complete opsctl run action" # What to do
    ...name: string           # start: a runbook; unlock, write: a cluster; otherwise a run: its name, or the last letters of it
  ]

  def "nu-complete opsctl audit output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl audit action" [] {
    [ "list" "show" "verify" ]
  }

  def "nu-complete opsctl audit color" [] {
    [ "auto" "always" "never" ]
  }

  # Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)
  export extern "opsctl audit" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --output(-o): string@"nu-complete opsctl audit output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl audit color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help (see more with '--help')
    action: string@"nu-complete opsctl audit action" # What to do
    number?: string           # show: the number of the record, from 1
  ]

  def "nu-complete opsctl config output" [] {
    [ "table" "wide" "json" "jsonl" "yaml" "csv" "name" ]
  }

  def "nu-complete opsctl config action" [] {
    [ "explain" "check" "keymap" "reference" ]
  }

  def "nu-complete opsctl config color" [] {
    [ "auto" "always" "never" ]
  }

  # The configuration: check it, or explain where each value comes from
  export extern "opsctl config" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --output(-o): string@"nu-complete opsctl config output" # How to print
    --columns: string         # Only these columns of the first table, in this order
    --color: string@"nu-complete opsctl config color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help (see more with '--help')
    action: string@"nu-complete opsctl config action" # What to do
    key?: string              # A dotted key, such as poll.fast or cluster.NAME.rto_goal
  ]

  def "nu-complete opsctl init color" [] {
    [ "auto" "always" "never" ]
  }

  # Write a first configuration from what is found
  export extern "opsctl init" [
    --patroni: string         # Ask this Patroni REST API for its cluster
    --etcd: string            # Write down every Patroni cluster in this etcd
    --prefix: string          # Patroni's namespace in etcd [default: /service/]
    --force                   # Overwrite a file that says something else
    --color: string@"nu-complete opsctl init color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    file?: path               # The file to write, - for the standard output [default: the user's config.toml]
  ]

  def "nu-complete opsctl schema color" [] {
    [ "auto" "always" "never" ]
  }

  # The JSON Schema of what a command prints, or of the configuration; the names without one
  export extern "opsctl schema" [
    --color: string@"nu-complete opsctl schema color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    name?: string             # a command that reads, such as status, or config
  ]

  def "nu-complete opsctl screen name" [] {
    [ "fleet" "cluster" "topology" "replication" "activity" "locks" "poolers" "balancers" "consensus" "findings" "foresee" "events" "queries" "history" "show-config" "doctor" "who" "runbooks" "runs" "audit" "plan" "run" "detail" "help" "palette" ]
  }

  def "nu-complete opsctl screen as" [] {
    [ "text" "ansi" "svg" ]
  }

  def "nu-complete opsctl screen glyphs" [] {
    [ "unicode" "ascii" ]
  }

  def "nu-complete opsctl screen color" [] {
    [ "auto" "always" "never" ]
  }

  # One frame of the console as text, with colours or as a picture: live, or from a recording
  export extern "opsctl screen" [
    --config: path            # Read this configuration and no other file
    --set: string             # Set one key of the configuration, last of all layers
    --patroni: string         # Use this Patroni REST API; no configuration is needed
    --log: path               # Log to this file
    --cluster(-c): string     # Only this cluster; may be repeated
    --deadline: string        # Wait no longer than this for answers
    --watch: string           # Print again at this interval, until interrupted
    --size: string            # The size of the window
    --output(-o): string@"nu-complete opsctl screen as" # Letters alone, letters with the colours this terminal can show, or a picture
    --theme: string           # Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration
    --glyphs: string@"nu-complete opsctl screen glyphs" # Characters for states and lines; by the locale otherwise
    --keys: string            # Press these keys there: 3jj<enter>?; <lt> is the key <
    --replay: path            # The frame as it was shown when this was recorded; nothing is asked
    --at: string              # The instant: 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; the last one otherwise
    --color: string@"nu-complete opsctl screen color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    name: string@"nu-complete opsctl screen name" # The screen
  ]

  def "nu-complete opsctl completions shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  def "nu-complete opsctl completions color" [] {
    [ "auto" "always" "never" ]
  }

  # Completions for a shell, to be installed or sourced
  export extern "opsctl completions" [
    --color: string@"nu-complete opsctl completions color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
    shell: string@"nu-complete opsctl completions shell" # The shell
  ]

  def "nu-complete opsctl man color" [] {
    [ "auto" "always" "never" ]
  }

  # The manual page of opsctl or of one command, for `man -l -`
  export extern "opsctl man" [
    --color: string@"nu-complete opsctl man color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
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
    --color: string@"nu-complete opsctl version color" # Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set
    --help(-h)                # Print help
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "opsctl help" [
  ]

  # How every cluster stands: findings first, then what each endpoint says
  export extern "opsctl help status" [
  ]

  # The members of each cluster: role, state, lag, what waits
  export extern "opsctl help list" [
  ]

  # Who streams from whom: the primary at the root, replicas below
  export extern "opsctl help topology" [
  ]

  # The timelines of each cluster: when it turned, where, who led after it
  export extern "opsctl help history" [
  ]

  # The dynamic configuration of each cluster, as its store holds it
  export extern "opsctl help show-config" [
  ]

  # Who receives whose WAL, how far behind, and the slots that keep WAL
  export extern "opsctl help replication" [
  ]

  # Sessions that do or hold something: state, wait, age, who, statement
  export extern "opsctl help activity" [
  ]

  # Who holds up whom: the root of each blocking tree first
  export extern "opsctl help locks" [
  ]

  # The statements that took most time, by pg_stat_statements
  export extern "opsctl help queries" [
  ]

  # Every pool of every PgBouncer: clients, servers, who waits, what is paused
  export extern "opsctl help poolers" [
  ]

  # Every backend of every HAProxy with its servers: who takes sessions, checks, queues
  export extern "opsctl help balancers" [
  ]

  # The members of the store that elects the leader: who leads, quorum, size, alarms
  export extern "opsctl help consensus" [
  ]

  # What is wrong, worst first, since when, and what to do
  export extern "opsctl help findings" [
  ]

  # What a rule watches for, its evidence now, its thresholds, its cure; all rules without one
  export extern "opsctl help explain" [
  ]

  # If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost
  export extern "opsctl help foresee" [
  ]

  # What happened and when, by the servers' own clocks, newest first
  export extern "opsctl help events" [
  ]

  # Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try
  export extern "opsctl help doctor" [
  ]

  # Move the primary to another member: clients wait at the poolers, and every step is proven
  export extern "opsctl help switchover" [
  ]

  # Make a member the primary when there is none; what may be lost is said first
  export extern "opsctl help failover" [
  ]

  # Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end
  export extern "opsctl help drill" [
  ]

  # Restart PostgreSQL of one member; where it leads, clients wait at the poolers
  export extern "opsctl help restart" [
  ]

  # Take Patroni's hands off the cluster: it promotes, restarts and demotes nobody
  export extern "opsctl help pause" [
  ]

  # Give the cluster back to Patroni; a run is resumed by `opsctl run resume`
  export extern "opsctl help resume" [
  ]

  # One check for a monitoring system: every rule, and the checks of check_patroni, by name
  export extern "opsctl help check" [
  ]

  # Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed
  export extern "opsctl help wait" [
  ]

  # Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]
  export extern "opsctl help watch" [
  ]

  # Record what is observed into a file, each second, until interrupted; `replay` shows it
  export extern "opsctl help record" [
  ]

  # Show a recording in the console: < and > step, ( and ) go by a minute, p plays
  export extern "opsctl help replay" [
  ]

  # The least grants that reading needs, per system
  export extern "opsctl help privileges" [
  ]

  # The client behind a process of PostgreSQL: back through pooler and balancer to its address
  export extern "opsctl help who" [
  ]

  # Try the targets of [[notify]]: --test sends each a notice that says that it is a test
  export extern "opsctl help notify" [
  ]

  # The runbooks: list them, show one, validate files, and the format they are written in
  export extern "opsctl help runbook" [
  ]

  # Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks
  export extern "opsctl help run" [
  ]

  # Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)
  export extern "opsctl help audit" [
  ]

  # The configuration: check it, or explain where each value comes from
  export extern "opsctl help config" [
  ]

  # Write a first configuration from what is found
  export extern "opsctl help init" [
  ]

  # The JSON Schema of what a command prints, or of the configuration; the names without one
  export extern "opsctl help schema" [
  ]

  # One frame of the console as text, with colours or as a picture: live, or from a recording
  export extern "opsctl help screen" [
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
