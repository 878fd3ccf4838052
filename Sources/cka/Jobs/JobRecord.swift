import Core
import Runs

/// One job as `cka jobs --json` gives it. What is not known is left out.
struct JobRecord: Encodable {
  let id, title, state: String
  let reason: String?
  let is_cancelling: Bool
  let attempt: Int
  let fraction, eta, rate, half_width: Double?
  let done, total: Int?
  let message: String?
  let created, started, updated: String?
  let command: [String]?
  let working_directory, output, result: String?
  let folder, log: String
  let shards: ShardCounts?

  init(_ job: JobStatus) {
    (id, title, state) = (job.id.description, job.title, job.state.rawValue)
    (reason, is_cancelling, attempt) = (job.reason, job.isCancelling, job.attempt)
    let progress = job.progress
    (fraction, eta) = (progress?.fraction, progress?.eta)
    rate = progress?.numbers[JobNumber.rate.rawValue]
    half_width = progress?.numbers[JobNumber.halfWidth.rawValue]
    (done, total, message) = (progress?.done, progress?.total, progress?.message)
    created = job.created?.description
    started = job.started?.description
    updated = job.updated?.description
    command = job.spec?.command
    working_directory = job.spec?.workingDirectory
    shards = job.shards
    (output, result, folder, log) = (job.spec?.output, job.result, job.folder, job.log)
  }
}
