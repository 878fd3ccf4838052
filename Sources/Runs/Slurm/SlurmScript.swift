import Core

/// The two scripts of a job that Slurm runs, written so that people can read them, and run them
/// again by hand.
public struct SlurmScript: Sendable {
  private let request: SlurmRequest
  private let folder: String
  private let title: String
  private let workingDirectory: String

  /// Options that mean nothing to the merge, which computes no more than sums.
  private static let shardsOnly = [
    "gres", "gpus", "gpus-per-node", "gpus-per-task", "cpus-per-task", "array", "exclusive",
    "gpus-per-socket", "mem-per-gpu", "cpus-per-gpu", "gpu-bind", "gpu-freq", "tres-per-task",
    "signal", "G", "c", "a",
  ]
  /// Seconds before the end of its time at which a shard is told.
  static let warning = 90

  /// The scripts of the job in `folder`.
  public init(_ request: SlurmRequest, folder: String, title: String, workingDirectory: String) {
    self.request = request
    self.folder = folder
    self.title = title
    self.workingDirectory = workingDirectory
  }

  /// The script of shards `numbers` of `count`.
  public func shards(_ numbers: [Int], of count: Int) -> String {
    let throttle = request.atOnce.map { "%\($0)" } ?? ""
    let directives =
      [
        "--job-name=\(name)", "--array=\(Self.ranges(numbers))\(throttle)",
        "--output=\(pattern)/parts/part-%a.txt", "--open-mode=append", "--requeue",
        // Told that its time is nearly over, a shard saves what it has and is queued again.
        "--signal=B:USR1@\(Self.warning)",
      ] + request.options
    return text(
      directives,
      about: "Shards \(Self.ranges(numbers)) of \(count) of: \(title)",
      command: #"shard \#(Self.quoted(folder)) "$SLURM_ARRAY_TASK_ID""#)
  }

  /// The script that puts the parts together.
  public func merge() -> String {
    let options = request.options.filter { option in
      // "-c4", "-c 4" and "-c=4" begin with the same letter, which is the option.
      let name =
        option.hasPrefix("--")
        ? option.dropFirst(2).prefix { $0 != "=" && !$0.isWhitespace }
        : option.dropFirst().prefix(1)
      return !Self.shardsOnly.contains(String(name))
    }
    return text(
      [
        "--job-name=\(name)-merge", "--output=\(pattern)/log.txt", "--open-mode=append",
        "--requeue",
      ] + options,
      about: "Puts the parts together of: \(title)",
      command: "shard \(Self.quoted(folder)) merge")
  }

  private var name: String { "cka-\(folder.suffix(4))" }

  /// The folder in a name of a file in which Slurm replaces %a and others.
  private var pattern: String { folder.replacing("%", with: "%%") }

  private func text(_ directives: [String], about: String, command: String) -> String {
    let variables = request.environment.filter { Self.isName($0.key) }
      .sorted { $0.key < $1.key }
      .map { name, value in "export \(name)=\(Self.quoted(value))" }
    let preamble = request.preamble.split(separator: "\n")
    return
      (["#!/bin/bash", "# \(SafeText.sanitise(about))"]
      + directives.map { "#SBATCH \(Self.directive($0))" } + ["set -e"] + variables
      + preamble.map(String.init) + [
        "cd \(Self.quoted(workingDirectory))",
        // In the place of the shell, so that Slurm's signals reach it.
        "exec \(Self.quoted(request.program)) \(command)", "",
      ]).joined(separator: "\n")
  }

  /// Whether a shell takes `text` for a variable's name; an environment may hold any bytes.
  private static func isName(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
  }

  /// An option with what has blanks in it in quotation marks, as sbatch takes them.
  private static func directive(_ option: String) -> String {
    guard option.contains(where: { $0 == " " || $0 == "#" || $0 == "'" }) else { return option }
    guard let equals = option.firstIndex(of: "=") else { return option }
    let value = option[option.index(after: equals)...]
    return value.contains("\"") ? option : "\(option[...equals])\"\(value)\""
  }

  /// "1-4,7".
  static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "'\\''"))'"
  }
}
