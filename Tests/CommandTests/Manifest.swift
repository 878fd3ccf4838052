import Foundation
import Testing

/// A file and whether it must open, as the manifests beside the files say.
struct Verdict: Sendable, CustomTestStringConvertible {
  var path: String
  var isAccepted: Bool

  var testDescription: String { (path as NSString).lastPathComponent }

  /// Every hostile and damaged file.
  static let hostile: [Verdict] = {
    let entries = read([HostileEntry].self, Fixture.hostile("manifest.json")) ?? []
    return entries.map {
      Verdict(path: Fixture.hostile($0.file), isAccepted: $0.expect != "reject")
    }
  }()

  /// Every sample that Python could read, and the few that must be refused.
  static let samples: [Verdict] = {
    let entries = read([String: SampleEntry].self, Fixture.sample("manifest.json")) ?? [:]
    return entries.filter { $0.value.expect != nil }.sorted { $0.key < $1.key }.map {
      Verdict(path: Fixture.sample($0.key), isAccepted: $0.value.expect == "accept")
    }
  }()

  /// The sums of the samples' values, as Python found them.
  static let sums: [String: Double] = {
    let entries = read([String: SampleEntry].self, Fixture.sample("manifest.json")) ?? [:]
    return Dictionary(
      uniqueKeysWithValues: entries.compactMap { name, entry in
        entry.value?.sum.map { (Fixture.sample(name), $0) }
      })
  }()

  private struct HostileEntry: Decodable {
    var file, expect: String
  }

  private struct SampleEntry: Decodable {
    var expect: String?
    var value: Values?
  }

  private struct Values: Decodable {
    var sum: Double?
  }

  private static func read<T: Decodable>(_ type: T.Type, _ path: String) -> T? {
    (try? Data(contentsOf: URL(filePath: path))).flatMap {
      try? JSONDecoder().decode(type, from: $0)
    }
  }
}
