declare namespace Cloudflare {
  interface Env {
    MEDIA: R2Bucket
  }
}
