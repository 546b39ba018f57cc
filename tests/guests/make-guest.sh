#!/bin/bash
# make-guest.sh [--force] [OUTDIR] - a tiny Linux guest out of Debian packages (any user; needs a Debian mirror).
# Makes, in OUTDIR (default: artifacts/guest of this repository), only when they are not there yet or this script has changed:
#   vmlinuz (bzImage), vmlinux (PVH ELF, same kernel), initrd.gz, init (the script inside), VERSIONS (written last).
# Needs only: apt-get, dpkg-deb, gzip, sha256sum. cpio and lz4 are taken from packages if missing.
# Two that run at the same time do not disturb each other: the second waits and finds all made.
set -euo pipefail
force=; [ "${1:-}" = --force ] && { force=1; shift; }
here=$(dirname "$(readlink -f "$0")")
FINAL=${1:-$here/../../artifacts/guest}
mkdir -p "$FINAL"; FINAL=$(readlink -f "$FINAL")
exec 9>"$FINAL/.making"; flock 9
script="script $(sha256sum <"$here/make-guest.sh")"
[ -z "$force" ] && grep -qsxF "$script" "$FINAL/VERSIONS" && exit 0
W=$(mktemp -d "${TMPDIR:-/tmp}/mkguest.XXXXXX"); trap 'rm -rf "$W"' EXIT
OUT=$W/out; mkdir -p "$OUT"
cd "$W"
get() { # package... -> unpacked into $W/root
  apt-get -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" download "$@" >/dev/null
  for d in ./*.deb; do dpkg-deb -x "$d" root; sha256sum "$d" >>debs.sha256; rm "$d"; done
}
KPKG=${KPKG:-$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-6[^ ]*\)$/\1/p' | head -1)}
want=(busybox-static "$KPKG"); command -v cpio >/dev/null || want+=(cpio); command -v lz4 >/dev/null || want+=(lz4)
get "${want[@]}"
export PATH=$PATH:$W/root/bin:$W/root/usr/bin
KV=$(ls root/lib/modules); MD=root/lib/modules/$KV/kernel
cp "root/boot/vmlinuz-$KV" "$OUT/vmlinuz"

# ---- initramfs -------------------------------------------------------------
I=$W/i; mkdir -p "$I"/{bin,dev,proc,sys,m}
cp root/bin/busybox "$I/bin/busybox"
for a in sh mount insmod stty head reboot poweroff sleep dd cat; do ln -s busybox "$I/bin/$a"; done
mods=(acpi/button input/evdev misc/pvpanic/pvpanic misc/pvpanic/pvpanic-mmio misc/pvpanic/pvpanic-pci
      virtio/virtio virtio/virtio_ring virtio/virtio_pci_legacy_dev virtio/virtio_pci_modern_dev virtio/virtio_pci block/virtio_blk
      ../net/core/failover net/net_failover net/virtio_net)
: >"$I/m/order"
for m in "${mods[@]}"; do f=$MD/drivers/$m.ko; [ -f "$f" ] || continue; cp "$f" "$I/m/"; echo "${m##*/}" >>"$I/m/order"; done
cat >"$I/init" <<'INIT'
#!/bin/sh
# kernel command line words hb_xxx=N arrive as environment variables
T=/dev/ttyS0
mount -t devtmpfs d /dev; mount -t proc p /proc; mount -t sysfs s /sys
echo 1 >/proc/sys/kernel/sysrq
exec 0<>$T 1>&0 2>&0
stty raw -echo <&0
load() { insmod /m/$1.ko 2>/dev/null; }
[ "$hb_minimal" ] || { for m in button evdev pvpanic pvpanic-mmio; do load $m; done; }
# virtio and virtio_ring need each other's symbols, which way depends on the kernel.
[ "$hb_virtio" ] && for m in pvpanic-pci virtio_ring virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk failover net_failover virtio_net; do load $m; done
PWR=1; [ "$hb_nopwr" ] && PWR=
if [ "$PWR" ]; then
  for e in /sys/class/input/event*; do
    read -r n 2>/dev/null <$e/device/name || continue
    case "$n" in *Power*Button*) exec 3</dev/input/${e##*/}  # opened before READY: evdev drops what comes before the open
      ( dd bs=24 count=1 of=/dev/null 2>/dev/null <&3; echo PWRBTN; exec poweroff -f ) & ;; esac
  done
fi
: ${hb_ms:=50}
case $hb_ms in ????) P=${hb_ms%???}.${hb_ms#?};; ???) P=0.$hb_ms;; ??) P=0.0$hb_ms;; *) P=0.00$hb_ms;; esac
: ${hb_tag:=g}
up() { read -r U _ </proc/uptime; }
up; echo "READY $hb_tag up=$U"
if [ "$hb_dirty" ]; then ( while :; do dd if=/dev/zero of=/dev/shm_x bs=64k count=$((hb_dirty/64)) conv=notrunc 2>/dev/null; done ) & fi
n=0
at() { [ "$1" ] && { ( sleep $1; shift; "$@" ) & }; }
dopanic() { echo PANIC; echo c >/proc/sysrq-trigger; }
dooff() { echo OFF; poweroff -f; }
doreboot() { echo REBOOT; reboot -f; }
at "$hb_panic" dopanic; at "$hb_off" dooff; at "$hb_reboot" doreboot
while :; do
  n=$((n+1)); up; echo "HB $n $U"
  c=; read -r -t $P c
  case "$c" in
    '') ;;
    panic*) dopanic ;; off*) dooff ;; reboot*) doreboot ;;
    ping*) echo "PONG ${c#ping}" ;;
    hang*) echo HANG; while :; do :; done ;;
    disk*) dd if=/dev/vda bs=512 count=1 2>/dev/null | head -c 16; echo ;;
    # net IFACE ADDRESS/BITS PEER: sets the interface up and pings the peer
    net*) set -- $c; busybox ip link set $2 up; busybox ip address add $3 dev $2
      busybox ping -c 1 -W 5 $4 >/dev/null 2>&1 && echo "NET $2 reaches $4" || echo "NET $2 does not reach $4" ;;
    # link IFACE
    link*) set -- $c; s=/sys/class/net/$2; busybox ip link set $2 up; q=0; for r in $s/queues/rx-*; do q=$((q+1)); done
      read -r m <$s/address; read -r a <$s/carrier; echo "LINK $2 carrier=$a queues=$q mac=$m" ;;
    # serve PORT TEXT: to whoever connects first
    serve*) set -- $c; ( echo "$3" | busybox nc -l -p $2 >/dev/null ) & echo "SERVE $2" ;;
    # write DEVICE TEXT; read DEVICE: sector 1
    write*) set -- $c; echo "$3" | dd of=/dev/$2 bs=512 seek=1 conv=notrunc,fsync 2>/dev/null && echo "WROTE $2" || echo "WRITE $2 failed" ;;
    read*) set -- $c; echo "READ $2 $(dd if=/dev/$2 bs=512 skip=1 count=1 2>/dev/null | head -n 1)" ;;
    dirty*) k=${c#dirty }; ( while :; do dd if=/dev/zero of=/dev/shm_x bs=64k count=$((k/64)) conv=notrunc 2>/dev/null; done ) & echo "DIRTY $k" ;;
    *) echo "ERR $c" ;;
  esac
done
INIT
chmod 755 "$I/init"; cp "$I/init" "$OUT/init"
find "$I" -exec touch -h -d @0 {} +
( cd "$I" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible ) | gzip -n -9 >"$OUT/initrd.gz"

# ---- vmlinux (PVH) out of the bzImage: payload offset/length are in the setup header ---------------
z=$OUT/vmlinuz; u8() { od -An -tu1 -j$1 -N1 "$z" | tr -d ' '; }; u32() { od -An -tu4 -j$1 -N4 "$z" | tr -d ' '; }
ss=$(u8 497); po=$(u32 584); pl=$(u32 588); off=$(( (ss+1)*512+po ))
tail -c +$((off+1)) "$z" | head -c $((pl-4)) >pay || true
case $(od -An -tx4 -N4 pay | tr -d ' ') in
  184c2102) lz4 -dcq <pay >"$OUT/vmlinux" ;;
  *) xz -dcq <pay >"$OUT/vmlinux" 2>/dev/null || zstd -dcq <pay >"$OUT/vmlinux" ;;
esac
rm -f "$FINAL/VERSIONS"
mv "$OUT"/* "$FINAL/"
{ echo "$KPKG $KV"; echo "$script"; cat debs.sha256; ( cd "$FINAL"; sha256sum vmlinuz vmlinux initrd.gz ); } >VERSIONS
mv VERSIONS "$FINAL/VERSIONS"
ls -l "$FINAL" >&2
