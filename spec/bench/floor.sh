# The floor of a converged run: the questions that the roles of playbooks/site.ts ask, by hand in one script.
# Before it the runner sets: expression (Erlang that tells the broker's state), proxy (yes or nothing), hosts.
# Prints nothing but answers; fails when one can't be had.
set -eu
LC_ALL=C
export LC_ALL

# erlang-cookie
stat -c '%a %U %G' /var/lib/rabbitmq/.erlang.cookie
tr -d '\n' </var/lib/rabbitmq/.erlang.cookie | sha256sum
id -u rabbitmq

# rabbit-join, ha-policy: members, types, name, users, plugins and policies come in one answer
dpkg-query -W -f '${Package}|${db:Status-Status}|${Version}\n' rabbitmq-server
for host in $hosts; do getent hosts "$host"; done
systemctl show -p LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload rabbitmq-server.service
node=rabbit@$(hostname -s)
tr -d ' \n' <"/var/lib/rabbitmq/mnesia/$node/cluster_nodes.config"
printf '%s\n' "$expression" |
  HOME=/var/lib/rabbitmq runuser -u rabbitmq -- erl_call -sname "$node" -timeout 10 -e

[ -n "$proxy" ] || exit 0

# haproxy-build, keepalived-build
. /etc/os-release
echo "$ID $VERSION_ID $(uname -m) $(getconf GNU_LIBC_VERSION)"
getent group haproxy
getent passwd haproxy keepalived_script
id haproxy
id keepalived_script
dpkg-query -W -f '${Package}|${db:Status-Status}|${Version}\n' \
  libssl3 libpcre2-8-0 libpcre2-posix3 zlib1g libsystemd0 libnl-3-200 libnl-genl-3-200
readlink /usr/app/haproxy/current /usr/app/keepalived/current
stat -L -c '%s:%f:%u:%g' /usr/app/haproxy/current /usr/app/keepalived/current \
  /var/lib/haproxy /etc/haproxy /etc/keepalived
set -- /usr/local/lib/systemd/system/haproxy.service /etc/profile.d/haproxy.sh \
  /etc/haproxy/users.cfg /etc/haproxy/haproxy.cfg \
  /usr/local/lib/systemd/system/keepalived.service /etc/keepalived/check_haproxy \
  /etc/keepalived/auth.conf /etc/keepalived/keepalived.conf
stat -L -c '%s:%f:%u:%g' "$@"
sha256sum "$@"
systemctl show -p LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload haproxy.service keepalived.service
ip -o -4 addr show
ip -o -4 route show default
timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/8101
printf -v request "GET /healthz HTTP/1.0\r\n\r"
cat >&3 <<<"$request"
read -r status <&3
echo "$status"'
