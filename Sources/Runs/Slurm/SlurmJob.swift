import Core
import Foundation
import Glibc
import System

/// What Slurm was given for a job: a file in the job's folder, replaced with each attempt.
struct SlurmRecord: Codable, Equatable, Sendable {
  /// An array, and the shards that it has.
  struct Submission: Codable, Equatable {
    var job: String
    var shards: [Int]
  }

  /// Oldest first; the last that has a shard is the one that counts.
  var arrays: [Submission] = []
  /// The merge that depends on the last array.
  var merge: String?
  /// The attempt that Slurm was last given something for; nil in files of old.
  var attempt: Int?

  init() {}

  /// What the file in `folder` says; nil where there is none.
  init?(_ folder: JobFolder) {
    guard let tail = try? FileTail(folder.slurm, limit: 1 << 20), tail.isWhole,
      let record = try? JSONDecoder().decode(SlurmRecord.self, from: Data(tail.bytes))
    else { return nil }
    self = record
  }

  func write(to folder: JobFolder) throws(JobError) {
    guard let json = try? JSONEncoder().encode(self) else { return }
    try SmallFile.replace(folder.slurm, with: Array(json))
  }

  /// The array that has shard `number` now.
  func array(of number: Int) -> String? { arrays.last { $0.shards.contains(number) }?.job }

  /// Whether Slurm was given what `attempt` is to do. A job is seen before sbatch has answered.
  func has(_ attempt: Int) -> Bool {
    guard !jobs.isEmpty else { return false }
    return self.attempt.map { $0 >= attempt } ?? true
  }

  /// All numbers that Slurm knows it by.
  var jobs: [String] { arrays.map(\.job) + (merge.map { [$0] } ?? []) }
}

extension JobFolder {
  /// What Slurm was given.
  var slurm: String { path + "/slurm.json" }
  /// The script of the array.
  public var script: String { path + "/job.sh" }
  /// The script of the merge.
  public var mergeScript: String { path + "/merge.sh" }
  /// What the shards share.
  public var shards: ShardFolder { ShardFolder(path: path + "/parts") }
}

extension JobStore {
  /// Hands a new job to Slurm: an array of its shards, and a merge that depends on it.
  /// - Throws: what sbatch says; then no job is left behind.
  public func submitToSlurm(_ spec: JobSpec) throws(JobError) -> JobStatus {
    var spec = spec
    spec.created = Timestamp(host.now())
    let id = try publishWithoutWorker(spec)
    do throws(JobError) {
      try enqueue(spec, id, attempt: 1, shards: Array(1...(spec.shards ?? 1)))
    } catch {
      discard(id)
      throw error
    }
    return try job(id)
  }

  /// Hands the shards of a job that are missing to Slurm again, and another merge.
  func resumeInSlurm(_ id: JobID, _ spec: JobSpec) throws(JobError) -> JobStatus {
    let status = try job(id)
    guard !status.state.isLive else {
      throw JobError(.isLive, "is in the queue", at: id.description, remedy: "cancel it first")
    }
    guard status.state != .finished else {
      throw JobError(
        .isOver, "is finished", at: id.description, remedy: "retry it to compute it again")
    }
    let folder = folder(id)
    let attempt = try claim(after: status.attempt, of: id)
    unlink(folder.cancel)
    var entry = JournalEntry(attempt: attempt, queued: Timestamp(host.now()))
    try Journal.append(entry, to: folder.journal, isLasting: true)
    do throws(JobError) {
      try enqueue(
        spec, id, attempt: entry.attempt, shards: folder.shards.missing(of: spec.shards ?? 1))
    } catch {
      entry.state = .failed
      entry.reason = error.description
      try? Journal.append(entry, to: folder.journal, isLasting: true)
      throw error
    }
    return try job(id)
  }

  /// Asks Slurm to end a job; what its shards have they keep.
  func cancelInSlurm(_ id: JobID) throws(JobError) {
    let folder = folder(id)
    do throws(SystemError) {
      // First the wish, so that a shard that is told to end does not go back into the queue.
      try FileReplacement(ofOwn: folder.cancel).commit()
    } catch {
      throw JobError(error)
    }
    if let record = SlurmRecord(folder) { try SlurmQueue.cancel(record.jobs) }
  }

  /// The number of the next attempt, which nobody else gets: its folder can be made once, also by
  /// two machines at the same moment.
  /// - Throws: `.isLive` where another has just got it. One that died with it is passed over.
  private func claim(after attempt: Int, of id: JobID) throws(JobError) -> Int {
    var next = max(attempt, 0) &+ 1
    while true {
      let path = folder(id).path + "/attempt-\(next)"
      if mkdir(path, 0o700) == 0 { return next }
      guard errno == EEXIST else { throw .system("cannot be made", path) }
      var info = stat()
      guard lstat(path, &info) == 0, Double(time(nil) - info.st_mtim.tv_sec) > SlurmReader.delay
      else {
        throw JobError(
          .isLive, "is being resumed by another program", at: id.description,
          remedy: "look at it again in a moment")
      }
      next &+= 1
    }
  }

  /// What Slurm was given and is not recorded is taken back.
  private func enqueue(
    _ spec: JobSpec, _ id: JobID, attempt: Int, shards: [Int]
  ) throws(JobError) {
    guard let request = spec.slurm else { return }
    let folder = folder(id)
    let script = SlurmScript(
      request, folder: folder.path, title: spec.title, workingDirectory: spec.workingDirectory)
    var record = SlurmRecord(folder) ?? SlurmRecord()
    (record.attempt, record.merge) = (attempt, nil)
    try SmallFile.replace(folder.mergeScript, with: Array(script.merge().utf8))
    var dependency: [String] = []
    var given: [String] = []
    do throws(JobError) {
      if !shards.isEmpty {
        try SmallFile.replace(
          folder.script, with: Array(script.shards(shards, of: spec.shards ?? 1).utf8))
        let array = try SlurmQueue.submit([], script: folder.script)
        given.append(array)
        record.arrays.append(SlurmRecord.Submission(job: array, shards: shards))
        try record.write(to: folder)
        dependency = ["--dependency=afterok:\(array)", "--kill-on-invalid-dep=yes"]
      }
      let merge = try SlurmQueue.submit(dependency, script: folder.mergeScript)
      given.append(merge)
      record.merge = merge
      try record.write(to: folder)
    } catch {
      try? SlurmQueue.cancel(given)
      throw error
    }
    // Whoever cancelled it meanwhile did not know the numbers.
    if access(folder.cancel, F_OK) == 0 { try SlurmQueue.cancel(given) }
  }
}
