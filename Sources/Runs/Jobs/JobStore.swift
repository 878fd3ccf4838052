import Core
import Foundation
import Glibc
import System

/// The jobs of a user: a folder of job folders, which any number of programs use at the same time.
///
/// Nothing here keeps state in memory. A worker holds the lock of its job from before the folder
/// can be seen until it ends, so what a job is doing can always be told from its files and that
/// lock.
///
///     let store = try JobStore()
///     let job = try store.submit(spec, worker: .thisProgram(["worker"]))
///     let end = try store.wait(for: job.id)
public struct JobStore: Sendable {
  /// The folder of job folders, without a slash at its end.
  public let root: String
  /// How many jobs run at the same time; the others queue in the order of their submission.
  public let limit: Int
  let host: JobHost

  /// The store in the user's state folder, or in `root`.
  /// - Parameters:
  ///   - root: `$XDG_STATE_HOME/cka/jobs` (`~/.local/state/cka/jobs`) if nil. Made by `submit`.
  ///   - limit: `$CKA_JOB_LIMIT` or 1 if nil, since a job uses all cores; at least 1.
  public init(
    root: URL? = nil, limit: Int? = nil, host: JobHost = JobHost()
  ) throws(JobError) {
    if let root {
      self.root = root.standardizedFileURL.path
    } else {
      self.root = try host.root()
    }
    self.limit = min(max(limit ?? host.limit, 1), 1024)
    self.host = host
  }

  /// The files of a job, which need not exist.
  public func folder(_ id: JobID) -> JobFolder { JobFolder(path: "\(root)/\(id)") }

  /// All jobs, oldest first. Files that are not ours are passed over; a folder that has the name of
  /// a job and cannot be understood is listed as broken. Empty when there is no folder of jobs yet.
  public func list() throws(JobError) -> [JobStatus] {
    Self.inOrder(try ids().compactMap { StatusReader(folder: folder($0), id: $0).read() })
  }

  /// Oldest first. Names tell the second, and random digits within it; the time of submission is
  /// exact.
  static func inOrder(_ jobs: [JobStatus]) -> [JobStatus] {
    jobs.sorted { a, b in
      guard let first = a.created, let second = b.created, first != second else {
        return a.id < b.id
      }
      return first < second
    }
  }

  /// Where the job stands.
  /// - Throws: `.noSuchJob`.
  public func job(_ id: JobID) throws(JobError) -> JobStatus {
    guard let status = StatusReader(folder: folder(id), id: id).read() else {
      throw Self.missing(id.description)
    }
    return status
  }

  /// The job that a person means by `text`: its name, or the unique start of it, or of its last
  /// part.
  /// - Throws: `.noSuchJob` or `.ambiguous`.
  public func find(_ text: String) throws(JobError) -> JobID {
    let all = try ids()
    if let exact = all.first(where: { $0.description == text }) { return exact }
    let matches = all.filter { $0.matches(text) }
    guard let match = matches.first else { throw Self.missing(text) }
    guard matches.count == 1 else {
      let some = matches.prefix(4).map(\.description).joined(separator: ", ")
      throw JobError(
        .ambiguous, "\(matches.count) jobs match", at: text,
        remedy: "write more of the name: \(some)\(matches.count > 4 ? ", …" : "")")
    }
    return match
  }

  /// The last lines of the job's log, made safe to show; empty when nothing was logged yet.
  /// - Parameter bytes: how much of the end is read.
  public func logLines(_ id: JobID, bytes: Int = 64 << 10) throws(JobError) -> [String] {
    if let spec = slurmSpec(id) { return shardLogLines(id, spec, bytes: bytes) }
    let log = folder(id).log
    guard access(log, F_OK) == 0 else {
      _ = try job(id)
      return []
    }
    return try Self.lines(log, bytes: bytes)
  }

  /// What each shard said last, under its number, and then the merge.
  private func shardLogLines(_ id: JobID, _ spec: JobSpec, bytes: Int) -> [String] {
    let (folder, count) = (folder(id), max(1, spec.shards ?? 1))
    let each = max(2048, bytes / count)
    let shards = (1...count).flatMap { number in
      ((try? Self.lines(folder.shards.log(number), bytes: each)) ?? []).map {
        "shard \(number): \($0)"
      }
    }
    return shards + ((try? Self.lines(folder.log, bytes: each)) ?? [])
  }

  private static func lines(_ log: String, bytes: Int) throws(JobError) -> [String] {
    let tail = try SmallFile.tail(log, limit: max(bytes, 0))
    var lines = tail.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    // The first line of a part is most likely the end of one.
    if !tail.isWhole, lines.count > 1 { lines.removeFirst() }
    return lines.map { SafeText.sanitise(String(decoding: $0, as: UTF8.self)) }
  }

  /// What to know about the file system below the jobs, or nil when there is nothing to say.
  public var caution: String? {
    guard let kind = NetworkFileSystem.name(at: root) else { return nil }
    return "\(SafeText.sanitise(root)) is on \(kind), where the locks that tell a live job from a "
      + "dead one may not work between machines; set XDG_STATE_HOME to a local folder"
  }

  /// Whether there is a job that locks tell something of: one that Slurm does not run.
  public var hasLocalJobs: Bool { (try? ids())?.contains { slurmSpec($0) == nil } ?? false }

  /// The names of all jobs, oldest first.
  func ids() throws(JobError) -> [JobID] { try JobFolder.ids(in: root) }

  static func missing(_ name: String) -> JobError {
    JobError(.noSuchJob, "there is no such job", at: name, remedy: "cka jobs lists them")
  }
}

extension JobFolder {
  /// The names of the job folders in `root`, oldest first; none when `root` is missing.
  static func ids(in root: String) throws(JobError) -> [JobID] {
    guard let folder = opendir(root) else {
      if errno == ENOENT { return [] }
      throw .system("cannot be listed", root)
    }
    defer { closedir(folder) }
    var ids: [JobID] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let id = JobID(name) { ids.append(id) }
    }
    return ids.sorted()
  }
}
