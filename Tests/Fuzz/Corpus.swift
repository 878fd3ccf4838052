import Formats
import Foundation
import Similarity
import Core

/// Sound files to damage: those of the tests, and some that are made here.
struct Corpus {
  struct Entry {
    let target: FuzzTarget
    /// The end of the file's name, by which some readers go.
    let ending: String
    let bytes: [UInt8]
  }

  private(set) var entries: [Entry] = []
  /// Larger files only take longer.
  private static let largest = 65_536
  private static let activationEndings: Set<String> = ["npy", "npz", "safetensors", "pt", "h5"]

  /// The files below `folder`.
  /// - Throws: when there are none.
  init(_ folder: String) throws {
    let files = (FileManager.default.enumerator(atPath: folder)?.allObjects ?? [])
      .compactMap { $0 as? String }.sorted()
    for file in files {
      let url = URL(filePath: folder).appending(path: file)
      let ending = url.pathExtension
      guard ResultFile.isCandidate(name: url.lastPathComponent) || ending == "json",
        let bytes = try? Data(contentsOf: url), !bytes.isEmpty, bytes.count <= Self.largest
      else { continue }
      let name = url.lastPathComponent
      entries.append(Entry(target: .results, ending: suffix(of: name), bytes: Array(bytes)))
      if Self.activationEndings.contains(ending) {
        entries.append(Entry(target: .activations, ending: ending, bytes: Array(bytes)))
      }
    }
    guard !entries.isEmpty else { throw CocoaError(.fileReadNoSuchFile) }
    try addMade()
  }

  /// An entry that stands for `target` and, among its formats, for one of few files as often as for
  /// one of many.
  func pick(_ random: inout FuzzRandom) -> Entry {
    let target = FuzzTarget.allCases[random.below(FuzzTarget.allCases.count)]
    let candidates = entries.filter { $0.target == target }
    let endings = Set(candidates.map(\.ending)).sorted()
    var ending = endings[random.below(endings.count)]
    // A process for each HDF5 file takes as long as a hundred others.
    if ending == "h5", !random.once(in: 8) { ending = endings[random.below(endings.count)] }
    let alike = candidates.filter { $0.ending == ending }
    return alike[random.below(alike.count)]
  }

  private mutating func addMade() throws {
    for options in [StudyOptions(), StudyOptions(estimator: .biased)] {
      let study = Self.study(options)
      let bundle = try ResultBundle.encode(study, provenance: StudyProvenance())
      entries.append(Entry(target: .bundles, ending: "cka.safetensors", bytes: bundle))
      entries.append(Entry(target: .results, ending: "cka.safetensors", bytes: bundle))
    }
    entries.append(Entry(target: .frames, ending: "frames", bytes: try Self.frames()))
    for recipe in Self.recipes {
      entries.append(Entry(target: .recipes, ending: "yaml", bytes: Array(recipe.utf8)))
    }
  }

  private static let models = [
    StudyModel(
      name: "A",
      layers: [StudyLayer(name: "a0", shape: [4, 2], kind: "Conv2d"), StudyLayer(name: "a1")],
      specification: "py:net.py:build?width=2"),
    StudyModel(name: "B", dataset: "D", layers: [StudyLayer(name: "b0"), StudyLayer(name: "é")]),
  ]

  private static func study(_ options: StudyOptions) -> Study {
    var study = Study(models: models, options: options)
    for seed in 1...3 {
      var hsic: [Double] = []
      for i in 0..<4 {
        for j in i..<4 { hsic.append(i == j ? Double(2 + i + seed) : 1 / Double(3 + i * j + seed)) }
      }
      study.add(
        samples: 16, sampleHash: "00f\(seed)", hsic: hsic, faults: seed == 2 ? [1: "it broke"] : [:]
      )
    }
    study.skip(samples: 2, reason: "too few")
    return study
  }

  private static func frames() throws -> [UInt8] {
    let header = BackendHeader(models: models, sampleCounts: [4, 2])
    var bytes = framed(try header.encoded())
    for samples in header.sampleCounts {
      let gram = Matrix(
        rows: samples, columns: samples, values: (0..<samples * samples).map(Double.init))
      let frame = GramFrame(
        samples: samples, sampleHash: "cafe",
        layers: [.gram(gram), .fault("it is broken"), .gram(gram), .gram(gram)])
      bytes += framed(try frame.encoded(header).bytes)
    }
    return bytes
  }

  private static func framed(_ buffer: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt64(buffer.count).littleEndian) { Array($0) } + buffer
  }

  private static let recipes = [
    "features: [acts.npz]\noutput: out.cka.safetensors\nbatch_size: 128\nestimator: unbiased\n"
      + "kernel: rbf:0.5\nlayers: 'conv* !bn*'\nthreads: 4\nuntil_ci: 0.01\n",
    "models: [timm:resnet18, 'py:net.py:build?width=2']\ndata: imagefolder:data/val\n"
      + "max_batches: 10\ndevice: cpu\nseed: 3\ntypes: Conv2d,Linear\n",
  ]
}

/// What follows the first dot of a name that says more than one thing, else the last.
private func suffix(of name: String) -> String {
  let parts = name.split(separator: ".")
  return parts.last == "gz" ? parts.suffix(2).joined(separator: ".") : String(parts.last ?? "bin")
}
