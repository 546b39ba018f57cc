# fish completion of vmsup. For this shell: vmsup completion fish | source
function __vmsup_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l answer (command $program __complete $words "$current" 2>/dev/null)
    if string match -q ':files*' -- $answer[1]
        __fish_complete_path "$current"
    else if set -q answer[1]
        printf '%s\n' $answer
    end
end
complete -c vmsup -f -a '(__vmsup_complete)'
