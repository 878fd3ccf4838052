/// The container that a result came in, a value for those who decide by it and words for those who
/// read.
public enum ResultFormat: Sendable, Equatable {
  /// Python's pickle, with the protocol that it needs.
  case pickle(protocol: Int)
  /// What `torch.save` writes: a zip archive, or the stream of old versions.
  case torch(isLegacy: Bool)
  case npy, npz, safetensors, hdf5, json, csv, tsv, ckatorch
  /// Our own file; `details` are its version and what was computed.
  case bundle(details: String)
  /// Any of the others, compressed.
  indirect case gzip(ResultFormat)
  /// No container: what was made of other results, in words.
  case made(String)

  /// Whether numbers are spelled in text, so that arrays are lists of no element type.
  public var isText: Bool {
    switch self {
    case .json, .csv, .tsv: true
    case .gzip(let inner): inner.isText
    default: false
    }
  }

  /// Whether it is our own file.
  public var isBundle: Bool { if case .bundle = self { true } else { false } }
}

extension ResultFormat: CustomStringConvertible {
  /// As a person would name it: "pickle, protocol 4", "npz".
  public var description: String {
    switch self {
    case .pickle(let number): "pickle, protocol \(number)"
    case .torch(let isLegacy): isLegacy ? "torch.save (legacy)" : "torch.save (zip)"
    case .npy: "npy"
    case .npz: "npz"
    case .safetensors: "safetensors"
    case .hdf5: "HDF5"
    case .json: "JSON"
    case .csv: "CSV"
    case .tsv: "TSV"
    case .ckatorch: "ckatorch"
    case .bundle(let details): "cka bundle, \(details)"
    case .gzip(let inner): "\(inner), gzip"
    case .made(let words): words
    }
  }
}

extension ResultFormat: ExpressibleByStringLiteral {
  /// Words for what comes out of no file: "difference of two results".
  public init(stringLiteral words: String) { self = .made(words) }
}
