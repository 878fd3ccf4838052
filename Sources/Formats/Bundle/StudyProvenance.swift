import Core
import Similarity

/// Where a study's figures come from: what is needed to trust them, and to make them again.
///
/// What the figures mean is in `StudyOptions`; this is the rest.
public struct StudyProvenance: Sendable, Equatable {
  /// How far the study is.
  public enum State: String, Sendable {
    /// All minibatches were seen.
    case complete
    /// It was stopped, or is still running.
    case partial
    /// It stopped early because its intervals were narrow enough.
    case converged
  }

  /// A file that activations, models or data came from.
  public typealias Source = SourceFile

  /// How far the study is.
  public var state = State.partial
  /// Minibatches that there are, seen or not.
  public var plannedMinibatches = 0
  /// The files.
  public var sources: [Source] = []
  /// The command that made the activations, when a backend did; empty otherwise.
  public var backend = ""
  /// What the backend chose, as it said: "device" is "cpu".
  public var settings: [String: String] = [:]
  /// Samples in a minibatch; nil when all were taken as one.
  public var batchSize: Int?
  /// The layer filter; empty for all layers.
  public var layers = ""
  /// What became of positions: `flatten` or `mean`.
  public var pool = ""
  /// How names were read; empty for `MODEL/LAYER`.
  public var layout = ""
  /// What the user said of the axes of saved arrays; empty for nothing.
  public var axes = ""
  /// What became of tokens, where it was said; empty otherwise.
  public var tokens = ""
  /// The seed with which samples were permuted; nil for the order of the data.
  public var shuffle: Int?
  /// The half width at which to stop, if any.
  public var untilCI: Double?
  /// The seed of everything random, if anything was.
  public var seed: Int?
  /// What all shards of a run agreed on before they began; empty where nothing was agreed on.
  public var plan = ""
  /// The command line.
  public var command: [String] = []
  /// When the figures were written, ISO 8601 in UTC.
  public var created = ""
  /// Programs and libraries with their versions.
  public var versions: [String: String] = [:]
  /// What whoever made the activations should know; one line each, safe to show.
  public var warnings: [String] = []

  /// Nothing is known.
  public init() {}
}

// MARK: JSON

extension StudyProvenance {
  /// The provenance as JSON text.
  var json: String {
    let sources = sources.map { source in
      JSONText.object([
        ("path", JSONText.string(SafeText.sanitise(source.path))), ("bytes", "\(source.bytes)"),
        ("modified", "\(source.modified)"),
        ("hash", source.hash.map(JSONText.string) ?? "null"),
      ])
    }
    return JSONText.object([
      ("state", JSONText.string(state.rawValue)),
      ("planned_minibatches", "\(plannedMinibatches)"),
      ("sources", "[\(sources.joined(separator: ", "))]"),
      ("backend", JSONText.string(backend)), ("settings", Self.object(settings)),
      ("batch_size", batchSize.map(String.init) ?? "\"all\""),
      ("layers", JSONText.string(layers)), ("pool", JSONText.string(pool)),
      ("layout", JSONText.string(layout)), ("axes", JSONText.string(axes)),
      ("tokens", JSONText.string(tokens)),
      ("shuffle", shuffle.map(String.init) ?? "null"),
      ("until_ci", untilCI.map(JSONText.number) ?? "null"),
      ("seed", seed.map(String.init) ?? "null"),
      ("plan", JSONText.string(plan)),
      ("command", JSONText.list(command.map(SafeText.sanitise))),
      ("created", JSONText.string(created)), ("versions", Self.object(versions)),
      ("warnings", JSONText.list(warnings)),
    ])
  }

  /// The provenance that `value` holds. It is a record for people: what is missing or of another
  /// type is left as it is by default.
  init(_ value: Value?) {
    guard let fields = value?.fields else { return }
    state = fields["state"]?.safeText.flatMap(State.init) ?? .partial
    plannedMinibatches = max(0, fields["planned_minibatches"]?.integer ?? 0)
    sources = (fields["sources"]?.list ?? []).compactMap { source in
      guard let fields = source.fields, let path = fields["path"]?.safeText else { return nil }
      return Source(
        path: path, bytes: fields["bytes"]?.integer ?? 0,
        modified: fields["modified"]?.integer ?? 0, hash: fields["hash"]?.safeText)
    }
    backend = fields["backend"]?.safeText ?? ""
    settings = Self.texts(fields["settings"])
    batchSize = fields["batch_size"]?.integer.flatMap { $0 > 0 ? $0 : nil }
    layers = fields["layers"]?.safeText ?? ""
    pool = fields["pool"]?.safeText ?? ""
    layout = fields["layout"]?.safeText ?? ""
    axes = fields["axes"]?.safeText ?? ""
    tokens = fields["tokens"]?.safeText ?? ""
    shuffle = fields["shuffle"]?.integer
    untilCI = fields["until_ci"]?.number
    seed = fields["seed"]?.integer
    plan = fields["plan"]?.safeText ?? ""
    command = (fields["command"]?.list ?? []).compactMap(\.safeText)
    created = fields["created"]?.safeText ?? ""
    versions = Self.texts(fields["versions"])
    warnings = (fields["warnings"]?.list ?? []).compactMap(\.safeText)
  }
  private static func object(_ texts: [String: String]) -> String {
    JSONText.object(
      texts.sorted { $0.key < $1.key }.map {
        ($0.key, JSONText.string(SafeText.sanitise($0.value)))
      })
  }

  private static func texts(_ value: Value?) -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in value?.fields ?? [] {
      if let key = key.safeText, let text = value.safeText { texts[key] = text }
    }
    return texts
  }

  /// The part of it that a reader of the figures is shown.
  var origin: ResultOrigin {
    var origin = ResultOrigin(
      command: SafeText.sanitise(command.joined(separator: " ")), created: created,
      settings: settings, versions: versions, sources: sources)
    origin.isStoppedEarly = state == .converged
    return origin
  }
}
