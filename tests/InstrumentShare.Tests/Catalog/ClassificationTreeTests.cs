using InstrumentShare.Catalog;

namespace InstrumentShare.Tests.Catalog;

public sealed class ClassificationTreeTests
{
    [Fact]
    public void The_national_classification_has_its_739_classes() => ClassificationTree.National.Count.ShouldBe(739);

    [Fact]
    public void A_class_contains_itself_and_all_below_it()
    {
        var tree = new ClassificationTree([new("1", "甲", "A", null), new("11", "乙", "B", "1"), new("111", "丙", "C", "11"), new("1111", "丁", "D", "111"), new("2", "戊", "E", null)]);
        tree.WithDescendants("1").ShouldBe(["1", "11", "111", "1111"]);
        tree.WithDescendants("111").ShouldBe(["111", "1111"]);
        tree.WithDescendants("3").ShouldBeEmpty();
    }

    [Fact]
    public void The_way_to_a_class_starts_at_the_top() =>
        ClassificationTree.National.PathTo("010101").Select(c => c.Name).ShouldBe(["分析仪器", "电子光学仪器", "透射电镜"]);

    [Fact]
    public void A_class_below_nothing_is_refused() =>
        Should.Throw<ArgumentException>(() => new ClassificationTree([new("11", "乙", "B", "1")])).Message.ShouldContain("11 lies below 1");

    [Fact]
    public void Every_national_class_has_both_names() =>
        ClassificationTree.National.Roots.SelectMany(r => ClassificationTree.National.WithDescendants(r.Code)).Select(c => ClassificationTree.National.Find(c)!)
            .ShouldAllBe(c => c.Name.Length > 0 && c.NameEn.Length > 0);
}
