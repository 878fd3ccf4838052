import Recipe

/// The part of a study that runs models: which ones, on which data, and how.
///
/// What a text such as `device` may say is for the program that runs the models to know.
public struct ModelStudy: Sendable, Equatable {
  /// `SPECIFICATION` or `NAME=SPECIFICATION` of each model; see `Specification`.
  public var models: [String]
  /// The data that all models see.
  public var data: String?
  /// Further data: every model is then compared on both.
  public var secondData: String?
  /// Most minibatches, at least one; nil for all.
  public var maxBatches: Int?
  /// Kinds of modules, parted by commas: `Conv2d,Linear`; nil for all.
  public var types: String?
  /// What becomes of tokens; see `TokenChoice`.
  public var tokens: String?
  /// `auto`, `cpu`, `cuda` or `cuda:1`.
  public var device: String?
  /// `float32`, `float64`, `bfloat16` or `float16`.
  public var dtype: String?
  /// Whether a GPU may round to TensorFloat-32.
  public var tf32: Bool?
  /// Whether layers that give what another one gives are kept.
  public var keepDuplicates: Bool?
  /// The seed of everything random.
  public var seed: Int?
  /// The Python that runs the models; a path, or a name to look for.
  public var python: String?
  /// The folder that paths in specifications lead from.
  public var folder = "."

  /// A study of `models` on `data` with nothing else said.
  public init(models: [String], data: String? = nil) {
    self.models = models
    self.data = data
  }
}

// MARK: Folders

extension ModelStudy {
  /// The same study, with the paths in its specifications leading from `folder`.
  public func moved(to folder: String) -> ModelStudy {
    func moved(_ text: String, _ role: Specification.Role) -> String {
      Specification.rebased(text, as: role, from: self.folder, to: folder)
    }
    var study = self
    study.models = models.map { moved($0, .model) }
    study.data = data.map { moved($0, .data) }
    study.secondData = secondData.map { moved($0, .data) }
    study.folder = folder
    return study
  }
}

// MARK: As YAML

extension ModelStudy {
  /// Keys and values, in the order in which they are written, for a file in `folder`.
  func lines(
    folder: String, quoted: (String) -> String
  ) -> [(key: StudyFile.Key, value: String)] {
    let moved = moved(to: folder)
    let list = moved.models.map { "\n  - " + quoted($0) }.joined()
    let entries: [(StudyFile.Key, String?)] = [
      (.models, list), (.data, moved.data.map(quoted)),
      (.secondData, moved.secondData.map(quoted)),
      (.maxBatches, maxBatches.map(String.init)), (.types, types.map(quoted)),
      (.tokens, tokens.map(quoted)), (.device, device.map(quoted)), (.dtype, dtype.map(quoted)),
      (.tf32, tf32.map(String.init)), (.keepDuplicates, keepDuplicates.map(String.init)),
      (.seed, seed.map(String.init)), (.python, python.map(quoted)),
    ]
    return entries.compactMap { key, value in value.map { (key, $0) } }
  }

  /// Takes the value of a key that concerns models; false for any other key.
  mutating func set(_ key: StudyFile.Key, _ value: StudyValue) throws(FormatError) -> Bool {
    switch key {
    case .models: models = try value.texts()
    case .data: data = try value.text()
    case .secondData: secondData = try value.text()
    case .maxBatches: maxBatches = try value.positive("a positive number")
    case .types: types = try value.texts().joined(separator: ",")
    case .tokens: tokens = try value.text()
    case .device: device = try value.text()
    case .dtype: dtype = try value.text()
    case .tf32: tf32 = try value.truth()
    case .keepDuplicates: keepDuplicates = try value.truth()
    case .seed: seed = try value.whole()
    case .python:
      let path = try value.text()
      // A name without a slash is looked for on PATH.
      python = path.contains("/") ? StudyFile.joined(path, to: folder) : path
    default: return false
    }
    return true
  }
}
