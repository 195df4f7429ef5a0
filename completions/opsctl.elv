
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
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand status 'How every cluster stands: findings first, then what each endpoint says'
            cand findings 'What is wrong, worst first, since when, and what to do'
            cand explain 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
            cand doctor 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
            cand wait 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
            cand privileges 'The least grants that reading needs, per system'
            cand schema 'The JSON Schema of what a command prints; the names without one'
            cand completions 'Completions for a shell, to be installed or sourced'
            cand man 'The manual page of opsctl or of one command, for `man -l -`'
            cand version 'The version of this program and of its JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'opsctl;status'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set'
            cand --strict 'Exit 3 for warnings too'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;findings'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;explain'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;doctor'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;wait'= {
            cand --config 'Read this configuration and no other file'
            cand --set 'Set one key of the configuration, last of all layers'
            cand --patroni 'Use this Patroni REST API; no configuration is needed'
            cand -c 'Only this cluster; may be repeated'
            cand --cluster 'Only this cluster; may be repeated'
            cand --deadline 'Wait no longer than this for answers'
            cand --watch 'Print again at this interval, until interrupted'
            cand --for 'up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE'
            cand --timeout 'Give up after this time'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;privileges'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;schema'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;version'= {
            cand -o 'How to print'
            cand --output 'How to print'
            cand --columns 'Only these columns of the first table, in this order'
            cand --color 'Colour; auto: on a terminal, unless NO_COLOR is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'opsctl;help'= {
            cand status 'How every cluster stands: findings first, then what each endpoint says'
            cand findings 'What is wrong, worst first, since when, and what to do'
            cand explain 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
            cand doctor 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
            cand wait 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
            cand privileges 'The least grants that reading needs, per system'
            cand schema 'The JSON Schema of what a command prints; the names without one'
            cand completions 'Completions for a shell, to be installed or sourced'
            cand man 'The manual page of opsctl or of one command, for `man -l -`'
            cand version 'The version of this program and of its JSON'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'opsctl;help;status'= {
        }
        &'opsctl;help;findings'= {
        }
        &'opsctl;help;explain'= {
        }
        &'opsctl;help;doctor'= {
        }
        &'opsctl;help;wait'= {
        }
        &'opsctl;help;privileges'= {
        }
        &'opsctl;help;schema'= {
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
