import Core
import Testing

@testable import Formats

@Suite("Layouts of names")
struct FeatureLayoutTests {
  private func capture(
    _ layout: String, _ entry: String, path: [String] = ["acts.npz"]
  ) throws -> NamePattern.Capture? {
    try FeatureLayout(layout).capture(path: path, entry: entry)
  }

  @Test(
    "holes take the shortest text from left to right, the last one the rest",
    arguments: [
      ("{model}/{layer}", "resnet18/layer1.0/conv", "resnet18", "layer1.0/conv", nil),
      ("{model}.{layer}", "resnet18.layer1.0", "resnet18", "layer1.0", nil),
      ("{layer}", "layer1/conv", nil, "layer1/conv", nil),
      ("{model}_{batch}/{layer}", "res_net_07/fc", "res_net", "fc", 7),
      ("batch{batch}/{model}/{layer}", "batch12/vit/head", "vit", "head", 12),
      ("{layer}@{model}", "fc@vit", "vit", "fc", nil),
    ] as [(String, String, String?, String?, Int?)])
  func entries(layout: String, entry: String, model: String?, layer: String?, batch: Int?) throws {
    #expect(
      try capture(layout, entry) == NamePattern.Capture(model: model, layer: layer, batch: batch))
  }

  @Test(
    "names that do not fit are none",
    arguments: [
      ("{model}/{layer}", "fc"), ("{model}/{layer}", "/fc"), ("batch{batch}/{layer}", "batchx/fc"),
      ("{model}_{batch}/{layer}", "a/b_1/fc"), ("x{layer}", "x"),
      ("b{batch}/{layer}", "b9999999999999999999/fc"),
    ])
  func misfits(layout: String, entry: String) throws {
    #expect(try capture(layout, entry) == nil)
  }

  @Test("the file's path gives what the entry's name does not")
  func files() throws {
    let path = ["data", "resnet18", "batch_003.npz"]
    #expect(
      try capture("{model}/batch_{batch}:{layer}", "layer1", path: path)
        == NamePattern.Capture(model: "resnet18", layer: "layer1", batch: 3))
    #expect(
      try capture("batch_{batch}.npz:{model}/{layer}", "vit/fc", path: path)
        == NamePattern.Capture(model: "vit", layer: "fc", batch: 3))
    #expect(try capture("part_{batch}:{layer}", "layer1", path: path) == nil)
    #expect(try capture("a/b/c/d/{batch}:{layer}", "layer1", path: path) == nil)
  }

  @Test("a file of one array is known by its path")
  func unnamed() throws {
    let path = ["data", "resnet18", "layer1.0.npy"]
    #expect(
      try capture("{model}/{layer}", "", path: path)
        == NamePattern.Capture(model: "resnet18", layer: "layer1.0"))
    #expect(
      try capture("{model}/{layer}.npy", "", path: path)
        == NamePattern.Capture(model: "resnet18", layer: "layer1.0"))
    #expect(try capture("{model}:{layer}", "", path: path) == nil)
  }

  @Test(
    "a layout that cannot be meant is refused",
    arguments: [
      ("{model}{layer}", "ambiguous"), ("{model}", "has no {layer}"), ("fc", "has no {layer}"),
      ("{model}/{model}/{layer}", "has {model} twice"), ("{model}:{model}/{layer}", "twice"),
      ("{Model}/{layer}", "{model}, {layer}, {batch} and {sample} are known"),
      ("{layer", "without its }"),
      ("layer}", "without its {"),
    ])
  func refused(layout: String, problem: String) {
    let error = #expect(throws: FormatError.self) { try FeatureLayout(layout) }
    #expect(error?.problem.contains(problem) == true)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test("layouts decide what opened files mean")
  func opened() throws {
    let folder = try ScratchFolder()
    let arrays = ["r.c1", "r.c2", "v.c1"].map { SavedArray($0, [4, 2]) }
    let path = try folder.write(SavedFile.safetensors(arrays), "acts.safetensors")
    func names(_ layout: String) throws -> [String] {
      try FeatureSet.open([path], options: FeatureOptions(layout: FeatureLayout(layout))).names
    }
    #expect(try names("") == ["acts/r.c1", "acts/r.c2", "acts/v.c1"])
    #expect(try names("{model}.{layer}") == ["r/c1", "r/c2", "v/c1"])
    #expect(try names("{layer}.{model}") == ["c1/r", "c1/v", "c2/r"])
  }

  @Test("two arrays that a layout reads alike are an error with both names")
  func alike() throws {
    let folder = try ScratchFolder()
    let arrays = ["1/fc", "01/fc"].map { SavedArray($0, [4, 2]) }
    let path = try folder.write(SavedFile.safetensors(arrays), "acts.safetensors")
    let options = FeatureOptions(layout: try FeatureLayout("{batch}/{layer}"))
    let error = #expect(throws: FormatError.self) { try FeatureSet.open([path], options: options) }
    #expect(error?.kind == .ambiguous)
  }
}
