import Foundation
import Glibc
import System

/// The folder that the shards of one run share: a plan, and for each shard its part, what it has
/// meanwhile, how far it is, and what it said. Machines that see the same folder need nothing else:
/// files are written beside and renamed, and nobody locks anything.
public struct ShardFolder: Sendable, Hashable {
  /// The folder's path, without a slash at its end.
  public let path: String

  /// The folder at `path`, which need not exist.
  public init(path: String) { self.path = path }

  /// What all shards agree on (`RunPlan`).
  public var plan: String { path + "/plan.json" }
  /// The finished part of shard `number`.
  public func part(_ number: Int) -> String { "\(path)/part-\(number).cka.safetensors" }
  /// What shard `number` has while it is not finished.
  public func unfinished(_ number: Int) -> String { part(number) + ".partial" }
  /// How far shard `number` is (`ShardProgress`).
  public func progress(_ number: Int) -> String { "\(path)/part-\(number).json" }
  /// What shard `number` said.
  public func log(_ number: Int) -> String { "\(path)/part-\(number).txt" }
  /// The parts that are there, merged while others are missing.
  public var soFar: String { path + "/so-far.cka.safetensors" }

  /// Makes it, unless it is there.
  public func make() throws(SystemError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw SystemError("cannot be made", at: path)
    }
  }

  /// Whether shard `number` is finished.
  public func isDone(_ number: Int) -> Bool { access(part(number), F_OK) == 0 }

  /// Those of `count` shards that are not finished.
  public func missing(of count: Int) -> [Int] { (1...max(1, count)).filter { !isDone($0) } }

  /// Files of parts, finished or not, of `count` shards; a shard is only one of both.
  public func parts(of count: Int) -> [String] {
    (1...max(1, count)).compactMap { number in
      [part(number), unfinished(number)].first { access($0, R_OK) == 0 }
    }
  }
}

/// How far a shard is, as it says itself.
public struct ShardProgress: Codable, Equatable, Sendable {
  /// What a shard is at.
  public enum State: String, Codable, Sendable {
    /// It computes, or is about to.
    case running
    /// Its part is there.
    case done
    /// It was asked to stop, and kept what it had.
    case stopped
    /// It cannot go on.
    case failed
  }

  /// What it is at.
  public var state: State
  /// Minibatches that it has.
  public var done: Int
  /// Minibatches of its part.
  public var total: Int
  /// Minibatches of all parts; 0 while it does not know.
  public var whole = 0
  /// Samples a second.
  public var rate: Double?
  /// Seconds that are left, as far as it can tell.
  public var secondsLeft: Double?
  /// Why it failed, or what it is busy with before minibatches come; one line.
  public var message: String?
  /// When it was said.
  public var time: Timestamp

  /// What the file at `path` says; nil where there is none.
  public init?(path: String) {
    guard let tail = try? FileTail(path, limit: 65536), tail.isWhole,
      let progress = try? JSONDecoder().decode(ShardProgress.self, from: Data(tail.bytes))
    else { return nil }
    self = progress
  }

  init(_ state: State, done: Int = 0, total: Int = 0, message: String? = nil) {
    (self.state, self.done, self.total, self.message) = (state, done, total, message)
    time = Timestamp(Date())
  }

  /// Replaces the file at `path`. It is for watching: what cannot be written is lost.
  func write(to path: String) {
    guard let json = try? JSONEncoder().encode(self), let file = try? FileReplacement(of: path)
    else { return }
    try? json.withUnsafeBytes { try file.write($0) }
    try? file.commit()
  }
}
