import Foundation
import TestSupport
import Testing

/// What we write, read by Python with its own libraries.
@Suite struct PythonTests {
  private let place: Place

  init() throws { place = try Place() }

  /// What `read_back.py` finds in a file.
  private struct File: Decodable {
    var tensors: [String: Tensor]
    var metadata: [String: String]
  }

  private struct Tensor: Decodable {
    var shape: [Int]?
    var dtype: String?
    var sum: Double?
  }

  /// The interpreter that has numpy and safetensors; the script installs them the first time.
  private static let python = Result {
    let path = try Shell.run(["bash", "\(Fixture.project)/Tests/python/setup.sh"])
    return path.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func read(_ name: String) throws -> File {
    let line = [
      try Self.python.get(), "\(Fixture.project)/Tests/python/read_back.py", place.path(name),
    ]
    let files = try JSONDecoder().decode([File].self, from: Data(Shell.run(line).utf8))
    return try #require(files.first)
  }

  /// Samples with the shape and the sum that Python found when they were made.
  private static let samples = [
    ("real/resnet18_vs_resnet34_full.pkl", [68, 116]),
    ("real/mb400_resnet18_vs_resnet34_fc.pkl", [400]),
    ("real/teacher10_vs_student_kd.pkl", [38, 17]),
  ]

  @Test(arguments: samples)
  func aBundleIsReadWithSafetensorsAlone(_ sample: String, _ shape: [Int]) throws {
    try #require(
      try place.cka("convert", Fixture.sample(sample), "-o", "out.cka.safetensors").status == 0)
    let file = try read("out.cka.safetensors")
    let tensor = try #require(file.tensors["cka.0"])
    try check(tensor, sample, shape)
    #expect(file.metadata["format"] == "cka" && file.metadata["study"]?.contains("fc") == true)
  }

  @Test(arguments: samples)
  func arraysAreReadWithNumpyAlone(_ sample: String, _ shape: [Int]) throws {
    let path = Fixture.sample(sample)
    for (name, key) in [("out.npz", "CKA"), ("out.npy", "")] {
      let view = shape.count == 1 ? "minibatches" : "layers"
      try #require(try place.cka("export", path, "--view", view, "-o", name).status == 0)
      let tensor = try #require(try read(name).tensors[key])
      try check(tensor, sample, shape)
    }
  }

  private func check(_ tensor: Tensor, _ sample: String, _ shape: [Int]) throws {
    #expect(tensor.shape == shape)
    #expect(tensor.dtype == "float32")
    let sum = try #require(Verdict.sums[Fixture.sample(sample)])
    #expect(try abs(#require(tensor.sum) - sum) < 1e-9 * abs(sum))
  }
}
