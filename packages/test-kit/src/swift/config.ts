const STORES = ['account', 'container', 'object'] as const

type Store = (typeof STORES)[number]

/** The account that the tests work in, and the user whose name and key are the access key and its secret. */
export const ACCOUNT = 'test'
export const USER = 'tester'
export const SECRET = 'testing'
export const REGION = 'us-east-1'

/** Hosts below this name are buckets: `bucket.s3.localhost`. */
export const DOMAIN = 's3.localhost'

/** The pipeline up to tempauth is what s3api asks for; no middleware is in it that no test needs. */
const PIPELINE =
  'catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo versioned_writes proxy-server'

/** All configuration files, by their names in the folder `dir`. */
export function configFiles(dir: string, memcached: number): Readonly<Record<string, string>> {
  return {
    'swift.conf': [
      section('swift-hash', { swift_hash_path_prefix: 'rangekit', swift_hash_path_suffix: 'rangekit' }),
      section('storage-policy:0', { name: 'Policy-0', default: 'yes' }),
    ].join(''),
    'proxy.conf': proxyConfig(dir, memcached),
    ...Object.fromEntries(STORES.map((store) => [`${store}.conf`, storeConfig(dir, store)])),
  }
}

function proxyConfig(dir: string, memcached: number): string {
  const plain = ['catch_errors', 'listing_formats', 'copy', 'slo', 'dlo', 'versioned_writes']
  return [
    section('DEFAULT', common(dir)),
    section('pipeline:main', { pipeline: PIPELINE }),
    section('app:proxy-server', { use: 'egg:swift#proxy', account_autocreate: 'true' }),
    section('filter:cache', {
      use: 'egg:swift#memcache',
      memcache_servers: `127.0.0.1:${memcached}`,
    }),
    // Objects may be stored as of another time: the checker judges dates only by those that are a minute old.
    section('filter:gatekeeper', { use: 'egg:swift#gatekeeper', shunt_inbound_x_timestamp: 'false' }),
    section('filter:s3api', { use: 'egg:swift#s3api', location: REGION, storage_domain: DOMAIN }),
    section('filter:tempauth', {
      use: 'egg:swift#tempauth',
      [`user_${ACCOUNT}_${USER}`]: `${SECRET} .admin`,
    }),
    ...plain.map((name) => section(`filter:${name}`, { use: `egg:swift#${name}` })),
  ].join('')
}

function storeConfig(dir: string, store: Store): string {
  return [
    // Without this check a device can be a folder.
    section('DEFAULT', { ...common(dir), devices: `${dir}/devices`, mount_check: 'false' }),
    section('pipeline:main', { pipeline: `${store}-server` }),
    section(`app:${store}-server`, { use: `egg:swift#${store}` }),
  ].join('')
}

function common(dir: string): Readonly<Record<string, string>> {
  return {
    swift_dir: dir,
    log_level: 'WARNING',
    // There is no syslog to write to.
    log_address: `${dir}/no-log`,
    fallocate_reserve: '0',
  }
}

function section(name: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`)
  return `[${name}]\n${lines.join('')}\n`
}
