/** An inventory with some of every feature; what the specs expect was compared with Ansible. */
export const site = `
all:
  hosts:
    bastion:
      ansible_port: 2200
  vars:
    level: all
    only_all: 1
    nested: { a: 1, b: 2 }
  children:
    site:
      vars:
        level: site
        nested: { b: 3 }
      children:
        brokers:
          hosts:
            mq[01:03]:
              rack: left
            mq02:
              rack: right
          vars:
            level: brokers
            who: brokers
        proxies:
          hosts:
            mq[02:03]:
            lb1:2222:
          vars:
            level: proxies
            who: proxies
            ansible_group_priority: 5
    zone_a:
      hosts:
        mq03: { level: mine }
      vars: { who: zone_a, zone: a }
late:
  hosts: mq01
  vars:
    zone: late
  children:
    brokers:
ungrouped:
  hosts:
    mq01:
    lonely:
`;
