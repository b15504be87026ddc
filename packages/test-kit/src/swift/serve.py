"""Serves Swift's proxy and storage servers from one process: five of them take seconds to start.

usage: serve.py DIR, where the configuration files are. Prints the port of the proxy once all of them listen.
"""
import os
import sys

DIR = sys.argv[1]
STORES = ('account', 'container', 'object')

try:
    os.setxattr(DIR, 'user.rangekit', b'')
except OSError as error:
    sys.exit('Swift needs extended attributes, which the file system of %s lacks: %s' % (DIR, error))

os.environ['TZ'] = 'UTC+0'
import eventlet
import eventlet.wsgi
from swift.common import utils

utils.eventlet_monkey_patch()
utils.set_swift_dir(DIR)

from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring import RingBuilder
from swift.common.storage_policy import reload_storage_policies
from swift.common.wsgi import loadapp

reload_storage_policies()


def write_ring(name, port):
    """Tells the proxy where a storage server is: one replica on one device."""
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({
        'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'device': 'disk', 'meta': '',
        'ip': '127.0.0.1', 'port': port, 'replication_ip': '127.0.0.1', 'replication_port': port,
    })
    builder.rebalance()
    builder.get_ring().save(os.path.join(DIR, name + '.ring.gz'))


def serve(name, listener):
    app = loadapp(os.path.join(DIR, name + '.conf'), {'log_name': name})
    # Field names are sent as they are spelled: the S3 API has an ETag, not an Etag.
    return eventlet.spawn(eventlet.wsgi.server, listener, app, open(os.devnull, 'w'),
                          protocol=SwiftHttpProtocol, capitalize_response_headers=False)


listeners = {name: eventlet.listen(('127.0.0.1', 0)) for name in (*STORES, 'proxy')}
for store in STORES:
    write_ring(store, listeners[store].getsockname()[1])
servers = [serve(name, listener) for name, listener in listeners.items()]
print(listeners['proxy'].getsockname()[1], flush=True)
for server in servers:
    server.wait()
