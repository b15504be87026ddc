/**
 * Credentials, region and endpoint from the environment and from `~/.aws`, on Node, Bun and Deno.
 *
 * @module
 */
export { awsCredentials, awsEndpoint, awsRegion } from './aws/aws-credentials.ts'
export type { AwsOptions } from './aws/profile.ts'
export type { S3Credentials } from './s3/s3-options.ts'
