/// How a job is run by Slurm: as an array of shards, and a merge that depends on it.
public struct SlurmRequest: Codable, Equatable, Sendable {
  /// Most shards that run at once; nil for as many as the cluster lets.
  public var atOnce: Int?
  /// Options of sbatch, such as `--partition=gpu`, in the order in which they were given.
  public var options: [String]
  /// Lines of shell before the program, such as `module load cuda`.
  public var preamble: String
  /// The program's absolute path.
  public var program: String
  /// Variables that the job is to find, whatever the cluster's settings pass on.
  public var environment: [String: String]

  /// A request for the program at `program`.
  public init(
    program: String, atOnce: Int? = nil, options: [String] = [], preamble: String = "",
    environment: [String: String] = [:]
  ) {
    self.program = program
    self.atOnce = atOnce
    self.options = options
    self.preamble = preamble
    self.environment = environment
  }

  /// The options in a line of them: a word without a dash belongs to the option before it, as in
  /// `-p gpu` and `--partition gpu`.
  public static func options(in line: String) -> [String] {
    var options: [String] = []
    for word in line.split(whereSeparator: \.isWhitespace).map(String.init) {
      guard let last = options.last, !word.hasPrefix("-") else {
        options.append(word)
        continue
      }
      let isOpen = last.hasPrefix("--") && !last.contains("=")
      options[options.count - 1] = last + (isOpen ? "=" : " ") + word
    }
    return options
  }
}
