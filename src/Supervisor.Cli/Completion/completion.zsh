#compdef vmsup
# zsh completion of vmsup. For this shell, after compinit: source <(vmsup completion zsh)
_vmsup() {
    local line
    local -a candidates
    while IFS= read -r line; do
        if [[ $line == :files* ]]; then
            _files
            return
        fi
        candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    _describe -o vmsup candidates
}
if [[ ${funcstack[1]} == _vmsup ]]; then
    _vmsup "$@"
else
    compdef _vmsup vmsup
fi
