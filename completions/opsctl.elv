
use builtin;
use str;

set edit:completion:arg-completer[opsctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'opsctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'opsctl'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --theme 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration'
            cand --accessible 'Lines for a screen reader instead of a screen: what changes is told, numbers answer'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand status 'How every cluster stands: findings first, then what each endpoint says'
            cand list 'The members of each cluster: role, state, lag, what waits'
            cand topology 'Who streams from whom: the primary at the root, replicas below'
            cand history 'The timelines of each cluster: when it turned, where, who led after it'
            cand show-config 'The dynamic configuration of each cluster, as its store holds it'
            cand replication 'Who receives whose WAL, how far behind, and the slots that keep WAL'
            cand activity 'Sessions that do or hold something: state, wait, age, who, statement'
            cand locks 'Who holds up whom: the root of each blocking tree first'
            cand queries 'The statements that took most time, by pg_stat_statements'
            cand poolers 'Every pool of every PgBouncer: clients, servers, who waits, what is paused'
            cand balancers 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues'
            cand consensus 'The members of the store that elects the leader: who leads, quorum, size, alarms'
            cand findings 'What is wrong, worst first, since when, and what to do'
            cand explain 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
            cand foresee 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost'
            cand events 'What happened and when, by the servers'' own clocks, newest first'
            cand doctor 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
            cand switchover 'Move the primary to another member: clients wait at the poolers, and every step is proven'
            cand failover 'Make a member the primary when there is none; what may be lost is said first'
            cand drill 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end'
            cand restart 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers'
            cand pause 'Take Patroni''s hands off the cluster: it promotes, restarts and demotes nobody'
            cand resume 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`'
            cand check 'One check for a monitoring system: every rule, and the checks of check_patroni, by name'
            cand wait 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
            cand watch 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]'
            cand record 'Record what is observed into a file, each second, until interrupted; `replay` shows it'
            cand replay 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays'
            cand privileges 'The least grants that reading needs, per system'
            cand who 'The client behind a process of PostgreSQL: back through pooler and balancer to its address'
            cand notify 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test'
            cand runbook 'The runbooks: list them, show one, validate files, and the format they are written in'
            cand run 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks'
            cand audit 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)'
            cand config 'The configuration: check it, or explain where each value comes from'
            cand init 'Write a first configuration from what is found'
            cand schema 'The JSON Schema of what a command prints, or of the configuration; the names without one'
            cand screen 'One frame of the console as text, with colours or as a picture: live, or from a recording'
            cand completions 'Completions for a shell, to be installed or sourced'
            cand man 'The manual page of opsctl or of one command, for `man -l -`'
            cand version 'The version of this program and of its JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'opsctl;status'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --strict 'Exit 3 for warnings too'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;list'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;topology'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;history'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;show-config'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;replication'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;activity'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;locks'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;queries'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;poolers'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;balancers'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;consensus'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;findings'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --strict 'Exit 3 for warnings too'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;explain'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;foresee'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;events'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;doctor'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;switchover'= {
            cand --to 'The member that leads afterwards'
            cand --candidate 'The member that leads afterwards'
            cand --settled 'How long ago the last change of leader has to be; 60s unless said'
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;failover'= {
            cand --to 'The member that leads afterwards'
            cand --candidate 'The member that leads afterwards'
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --fenced-by-hand 'You have seen for yourself that the old primary cannot come back: powered off, or its volume taken away'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;drill'= {
            cand --to 'The member that leads in between'
            cand --candidate 'The member that leads in between'
            cand --settled 'How long ago the last change of leader has to be; 60s unless said'
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --kill 'In the end the leader is killed by `opsctl-drill-kill` of your PATH; only where the environment is dev'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;restart'= {
            cand --member 'The member whose PostgreSQL is restarted'
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;pause'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;resume'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --break-glass 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --confirm 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --write 'writing is allowed for this one command'
            cand --dry-run 'show the plan with the exact calls, and send nothing'
            cand --yes 'it is confirmed without a question; not enough at high risk'
            cand --detach 'print the name of the run and do not watch it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;check'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -w 'Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20'
            cand --warning 'Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20'
            cand -m 'Only this member'
            cand --member 'Only this member'
            cand --expected 'What to compare with: a hash, a version, a timeline'
            cand -C 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -c 'Critical when the value is outside'
            cand --critical 'Critical when the value is outside'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;wait'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand --for 'up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE'
            cand --timeout 'Give up after this time'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;watch'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --watch 'Print again at this interval, until interrupted'
            cand --deadline 'Wait no longer than this for answers'
            cand --ring-size 'Bytes of the ring of one cluster, in the place of `ring.size` of the configuration'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --headless 'Be the service: keep a ring of recordings of each cluster in the state directory, and tell the targets of [[notify]]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;record'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --watch 'Print again at this interval, until interrupted'
            cand --deadline 'Wait no longer than this for answers'
            cand --for 'End after this time'
            cand --keep 'Of all instants keep only so many in the end: the last one, and those before it where a verdict changed first'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;replay'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --at 'Begin there: 14:03, 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; at the beginning otherwise'
            cand --theme 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;privileges'= {
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;who'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand -m 'The server it runs on, where several have a process of this number'
            cand --member 'The server it runs on, where several have a process of this number'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;notify'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --test 'Send it; nothing else is sent by hand'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;runbook'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand -c 'plan: the cluster it is for'
            cand --cluster 'plan: the cluster it is for'
            cand -p 'What it is told; may be repeated'
            cand --param 'What it is told; may be repeated'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --detailed-exitcode 'plan: exit 20 where it would change something'
            cand --strict 'validate: warnings are exit 3'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'opsctl;run'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand -p 'start: a parameter of the runbook; may be repeated'
            cand --param 'start: a parameter of the runbook; may be repeated'
            cand --for 'write: how long writing to the cluster is allowed: 15m'
            cand --confirm 'start: what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER'
            cand --scheduled 'start: the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time'
            cand --break-glass 'start, resume, rollback, abandon, unlock: etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit'
            cand --applied 'resume, rollback, abandon: a step in doubt was applied; --reason says how you know'
            cand --absent 'resume, rollback, abandon: a step in doubt was not applied; --reason says how you know'
            cand --evidence 'approve: what you saw'
            cand --reason 'abandon, unlock, --applied, --absent: why; it is kept in the audit'
            cand --stage 'cancel: how hard'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --end 'write: it is not allowed any more'
            cand --dry-run 'start: show the plan with the exact calls, and send nothing'
            cand --yes 'start: it is confirmed without a question; not enough at high risk'
            cand --write 'start, resume, rollback, abandon of a run that holds something: writing is allowed for this one command'
            cand --detach 'start, resume, rollback, abandon: print the name of the run and do not watch it'
            cand --across 'rollback: also back across the point of no return; abandon: also away from what cannot be freed; unlock: also where nobody can tell what the run holds'
            cand --refuse 'approve: the answer is no'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'opsctl;audit'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'opsctl;config'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'opsctl;init'= {
            cand --patroni 'Ask this Patroni REST API for its cluster'
            cand --etcd 'Write down every Patroni cluster in this etcd'
            cand --prefix 'Patroni''s namespace in etcd [default: /service/]'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand --force 'Overwrite a file that says something else'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;schema'= {
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;screen'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand --log 'Log to this file'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand --size 'The size of the window'
            cand -o 'Letters alone, letters with the colours this terminal can show, or a picture'
            cand --output 'Letters alone, letters with the colours this terminal can show, or a picture'
            cand --theme 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration'
            cand --glyphs 'Characters for states and lines; by the locale otherwise'
            cand --keys 'Press these keys there: 3jj<enter>?; <lt> is the key <'
            cand --replay 'The frame as it was shown when this was recorded; nothing is asked'
            cand --at 'The instant: 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; the last one otherwise'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;completions'= {
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;man'= {
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;version'= {
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;help'= {
            cand status 'How every cluster stands: findings first, then what each endpoint says'
            cand list 'The members of each cluster: role, state, lag, what waits'
            cand topology 'Who streams from whom: the primary at the root, replicas below'
            cand history 'The timelines of each cluster: when it turned, where, who led after it'
            cand show-config 'The dynamic configuration of each cluster, as its store holds it'
            cand replication 'Who receives whose WAL, how far behind, and the slots that keep WAL'
            cand activity 'Sessions that do or hold something: state, wait, age, who, statement'
            cand locks 'Who holds up whom: the root of each blocking tree first'
            cand queries 'The statements that took most time, by pg_stat_statements'
            cand poolers 'Every pool of every PgBouncer: clients, servers, who waits, what is paused'
            cand balancers 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues'
            cand consensus 'The members of the store that elects the leader: who leads, quorum, size, alarms'
            cand findings 'What is wrong, worst first, since when, and what to do'
            cand explain 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
            cand foresee 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost'
            cand events 'What happened and when, by the servers'' own clocks, newest first'
            cand doctor 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
            cand switchover 'Move the primary to another member: clients wait at the poolers, and every step is proven'
            cand failover 'Make a member the primary when there is none; what may be lost is said first'
            cand drill 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end'
            cand restart 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers'
            cand pause 'Take Patroni''s hands off the cluster: it promotes, restarts and demotes nobody'
            cand resume 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`'
            cand check 'One check for a monitoring system: every rule, and the checks of check_patroni, by name'
            cand wait 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
            cand watch 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]'
            cand record 'Record what is observed into a file, each second, until interrupted; `replay` shows it'
            cand replay 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays'
            cand privileges 'The least grants that reading needs, per system'
            cand who 'The client behind a process of PostgreSQL: back through pooler and balancer to its address'
            cand notify 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test'
            cand runbook 'The runbooks: list them, show one, validate files, and the format they are written in'
            cand run 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks'
            cand audit 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)'
            cand config 'The configuration: check it, or explain where each value comes from'
            cand init 'Write a first configuration from what is found'
            cand schema 'The JSON Schema of what a command prints, or of the configuration; the names without one'
            cand screen 'One frame of the console as text, with colours or as a picture: live, or from a recording'
            cand completions 'Completions for a shell, to be installed or sourced'
            cand man 'The manual page of opsctl or of one command, for `man -l -`'
            cand version 'The version of this program and of its JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'opsctl;help;status'= {
        }
        &'opsctl;help;list'= {
        }
        &'opsctl;help;topology'= {
        }
        &'opsctl;help;history'= {
        }
        &'opsctl;help;show-config'= {
        }
        &'opsctl;help;replication'= {
        }
        &'opsctl;help;activity'= {
        }
        &'opsctl;help;locks'= {
        }
        &'opsctl;help;queries'= {
        }
        &'opsctl;help;poolers'= {
        }
        &'opsctl;help;balancers'= {
        }
        &'opsctl;help;consensus'= {
        }
        &'opsctl;help;findings'= {
        }
        &'opsctl;help;explain'= {
        }
        &'opsctl;help;foresee'= {
        }
        &'opsctl;help;events'= {
        }
        &'opsctl;help;doctor'= {
        }
        &'opsctl;help;switchover'= {
        }
        &'opsctl;help;failover'= {
        }
        &'opsctl;help;drill'= {
        }
        &'opsctl;help;restart'= {
        }
        &'opsctl;help;pause'= {
        }
        &'opsctl;help;resume'= {
        }
        &'opsctl;help;check'= {
        }
        &'opsctl;help;wait'= {
        }
        &'opsctl;help;watch'= {
        }
        &'opsctl;help;record'= {
        }
        &'opsctl;help;replay'= {
        }
        &'opsctl;help;privileges'= {
        }
        &'opsctl;help;who'= {
        }
        &'opsctl;help;notify'= {
        }
        &'opsctl;help;runbook'= {
        }
        &'opsctl;help;run'= {
        }
        &'opsctl;help;audit'= {
        }
        &'opsctl;help;config'= {
        }
        &'opsctl;help;init'= {
        }
        &'opsctl;help;schema'= {
        }
        &'opsctl;help;screen'= {
        }
        &'opsctl;help;completions'= {
        }
        &'opsctl;help;man'= {
        }
        &'opsctl;help;version'= {
        }
        &'opsctl;help;help'= {
        }
    ]
    $completions[$command]
}
