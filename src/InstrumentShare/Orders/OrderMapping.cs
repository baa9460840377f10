using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Orders;

public sealed class OrderMapping : IEntityTypeConfiguration<TestItem>, IEntityTypeConfiguration<Order>, IEntityTypeConfiguration<OrderLine>, IEntityTypeConfiguration<Quote>
{
    public void Configure(EntityTypeBuilder<TestItem> builder)
    {
        builder.ToTable("test_items").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.ToTable("orders").HasKey(x => x.Id);
        builder.Property(x => x.Number).ValueGeneratedOnAdd();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    // Told that rows are written in the order that references need; nothing is navigated.
    public void Configure(EntityTypeBuilder<OrderLine> builder)
    {
        builder.ToTable("order_lines").HasKey(x => x.Id);
        builder.HasOne<Order>().WithMany().HasForeignKey(x => x.OrderId);
    }

    public void Configure(EntityTypeBuilder<Quote> builder)
    {
        builder.ToTable("order_quotes").HasKey(x => x.Id);
        builder.HasMoney(x => x.Total, "total");
        builder.Property(x => x.Lines).HasJson();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}
