#!/usr/bin/env bash
# Runs a command in a network of its own in which mDNS works: loopback, a message bus, avahi-daemon. To be run by
# unshare --user --map-root-user --net --mount --pid --fork --kill-child. $1 is an empty folder.
set -euo pipefail
folder=$1; shift
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
ip link set lo up
ip link set lo multicast on
ip route add 224.0.0.0/4 dev lo
cat >"$folder/bus.conf" <<XML
<busconfig>
	<type>system</type>
	<listen>unix:path=$folder/bus</listen>
	<auth>EXTERNAL</auth>
	<policy context="default">
		<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
	</policy>
</busconfig>
XML
printf '[server]\nallow-interfaces=lo\nuse-ipv6=no\nenable-dbus=yes\n[publish]\npublish-workstation=no\n' >"$folder/avahi.conf"
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$folder/bus"
coproc dbus { exec dbus-daemon --config-file="$folder/bus.conf" --nofork --print-address=1; }
read -r _ <&"${dbus[0]}"
avahi-daemon --no-drop-root --no-chroot --no-rlimits --file="$folder/avahi.conf" >"$folder/avahi.log" 2>&1 &
exec "$@"
