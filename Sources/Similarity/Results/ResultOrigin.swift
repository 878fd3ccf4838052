/// How a result came about, as its file tells: a record for people, and nothing is computed from
/// it.
public struct ResultOrigin: Sendable, Equatable {
  /// The command line as one text, ready to show; empty where unknown.
  public var command: String
  /// When the values were written, ISO 8601 in UTC; empty where unknown.
  public var created: String
  /// What whoever ran the models chose: "device" is "cpu".
  public var settings: [String: String]
  /// Programs and libraries with their versions.
  public var versions: [String: String]
  /// It stopped early because its intervals were narrow enough: they are somewhat too narrow.
  public var isStoppedEarly = false
  /// The files that the values were made from.
  public var sources: [SourceFile]
  /// What has become of these files since, where something has: lines ready to show.
  public var changes: [String] = []

  /// A record; all texts must have gone through `SafeText.sanitise`.
  public init(
    command: String = "", created: String = "", settings: [String: String] = [:],
    versions: [String: String] = [:], sources: [SourceFile] = []
  ) {
    self.command = command
    self.created = created
    self.settings = settings
    self.versions = versions
    self.sources = sources
  }

  /// "device cpu, dtype float32", in the order of the names.
  public var settingsText: String { Self.text(settings) }

  /// "cka 0.1.0, torch 2.13.0", in the order of the names.
  public var versionsText: String { Self.text(versions) }

  private static func text(_ entries: [String: String]) -> String {
    entries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
