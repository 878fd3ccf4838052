import Foundation

/// What a job is asked to do. It is written once and never changed, so that a job can be repeated.
public struct JobSpec: Codable, Equatable, Sendable {
  /// The newest form of the file that this program writes and reads.
  public static let currentVersion = 1

  /// The form of the file; 1.
  public var version = currentVersion
  /// What people call the job.
  public var title: String
  /// The arguments that say what to compute, for people, and for jobs of earlier versions, which
  /// have no recipe.
  public var command: [String]
  /// What to compute, as YAML; only the worker knows what it means.
  public var recipe: String?
  /// The folder that relative paths start from.
  public var workingDirectory: String
  /// When the job was submitted.
  public var created: Timestamp
  /// Where the finished result goes, besides the job's own folder.
  public var output: String?
  /// The whole environment of the worker.
  public var environment: [String: String]
  /// How many shards its minibatches are split into; nil for a job of one process.
  public var shards: Int?
  /// The devices of the shards, in turn; empty texts for what the command says.
  public var devices: [String]?
  /// How Slurm runs it; nil for a job of this machine.
  public var slurm: SlurmRequest?

  /// - Parameter environment: see `environment(from:)` for what is worth keeping. `JobStore.submit`
  ///   sets `created`.
  public init(
    title: String, command: [String], recipe: String? = nil, workingDirectory: String,
    output: String? = nil, environment: [String: String] = [:]
  ) {
    self.title = title
    self.command = command
    self.recipe = recipe
    self.workingDirectory = workingDirectory
    self.created = Timestamp(.distantPast)
    self.output = output
    self.environment = environment
  }

  /// The part of `all` that changes what a worker does: paths, locale, Python, threads and devices.
  /// The rest stays out of the file, which others may be shown; it may hold secrets.
  public static func environment(from all: [String: String]) -> [String: String] {
    all.filter { name, _ in
      keptNames.contains(name) || keptPrefixes.contains { name.hasPrefix($0) }
    }
  }

  private static let keptNames: Set = [
    "HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR",
    "TZ", "USER", "VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
    "HF_HOME", "TORCH_HOME",
  ]
  private static let keptPrefixes = [
    "CKA_", "LC_", "MKL_", "OMP_", "OPENBLAS_", "SWIFT_BACKTRACE", "XDG_",
  ]
}

// MARK: The file

extension JobSpec {
  /// A specification is a few kilobytes; what is larger was not written by us.
  private static let mostBytes = 1 << 20

  /// The specification of the job in `folder`.
  public init(of folder: JobFolder) throws(JobError) {
    let file = try SmallFile.tail(folder.spec, limit: Self.mostBytes)
    guard file.isWhole else {
      throw JobError(.broken, "is larger than a specification can be", at: folder.spec)
    }
    // The version first: a newer form may have other keys.
    struct Form: Decodable { var version: Int }
    let decoder = JSONDecoder()
    guard let form = try? decoder.decode(Form.self, from: Data(file.bytes)) else {
      throw JobError(.broken, "is no specification of a job", at: folder.spec)
    }
    guard form.version == JobSpec.currentVersion else {
      throw JobError(
        .broken, "has version \(form.version), this program knows \(JobSpec.currentVersion)",
        at: folder.spec, remedy: "use the newest cka")
    }
    guard let spec = try? decoder.decode(JobSpec.self, from: Data(file.bytes)) else {
      throw JobError(.broken, "lacks keys of a specification", at: folder.spec)
    }
    self = spec
  }

  /// Writes it as that of the job in `folder`.
  func write(to folder: JobFolder) throws(JobError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(self) else {
      throw JobError(.broken, "this specification cannot be written as JSON", at: title)
    }
    try SmallFile.replace(folder.spec, with: Array(json))
  }

  /// Whether what is there of `other` is what this asks for.
  func asksTheSame(as other: JobSpec) -> Bool {
    command == other.command && workingDirectory == other.workingDirectory
      && shards == other.shards && devices == other.devices
  }
}
